import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "./hostAccess";
import { createRemoteScript, guarded } from "./remoteScript";
import { renderPrepareHost, type PrepareHostSettings } from "./renderPrepareHost";
import { assignments } from "./shell";

const reset = readFileSync(join(__dirname, "resetHost.sh"), "utf8");

/** The script that gives a host back clean. It tolerates that its work is done already. */
export function renderResetHost(kafkaDataPath: string): string {
  return guarded(`${assignments({ KAFKA_DATA_PATH: kafkaDataPath })}\n${reset}`);
}

/** Installs what a host needs to join. */
export function prepareHost(
  name: string,
  host: HostAccess,
  settings: PrepareHostSettings,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return createRemoteScript(
    `${name}-prepare-${host.name}`,
    {
      host,
      title: `prepare ${host.name}`,
      script: renderPrepareHost(settings),
    },
    options,
  );
}
