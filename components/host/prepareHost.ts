import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "./hostAccess";
import { createRemoteScript } from "./remoteScript";
import { renderPrepareHost, type PrepareHostSettings } from "./renderPrepareHost";
import { assignments } from "./shell";

const reset = readFileSync(join(__dirname, "resetHost.sh"), "utf8");

/** Installs what a host needs to join. When the host leaves the configuration, gives it back clean. */
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
      onDelete: `${assignments({ KAFKA_DATA_PATH: settings.kafkaDataPath })}\n${reset}`,
    },
    options,
  );
}
