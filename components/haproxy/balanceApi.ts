import { readFileSync } from "node:fs";
import { join } from "node:path";
import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { assignments, createRemoteScript, putFunction, type HostAccess } from "../host";
import { renderHaproxyConfig, type HaproxySettings } from "./renderHaproxyConfig";
import { reachesApiPath, renderKeepalivedConfig } from "./renderKeepalivedConfig";

const script = readFileSync(join(__dirname, "balanceApi.sh"), "utf8");
const reachesApi = readFileSync(join(__dirname, "reachesApi.sh"), "utf8");

export interface BalanceApiSettings extends Pick<HaproxySettings, "port" | "controlPlanes"> {
  cluster: string;
  virtualIp?: string;
  /** Hosts that listen for the outside, sorted by name. */
  entries: readonly { name: string; address: string }[];
}

/** Puts an API balancer on a host. It must run before the host joins, and follows the list of control planes. */
export function balanceApi(
  name: string,
  host: HostAccess,
  settings: BalanceApiSettings,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  const entry = settings.entries.some((other) => other.name === host.name);
  const variables = assignments({
    ADDRESS: host.address,
    HAPROXY_CONFIG: renderHaproxyConfig({ port: settings.port, entry, controlPlanes: settings.controlPlanes }),
    KEEPALIVED_CONFIG:
      entry && settings.virtualIp !== undefined
        ? renderKeepalivedConfig({
            cluster: settings.cluster,
            virtualIp: settings.virtualIp,
            port: settings.port,
            self: host,
            entries: settings.entries,
          })
        : "",
    REACHES_API: reachesApi,
    REACHES_API_PATH: reachesApiPath,
  });
  return createRemoteScript(
    `${name}-balance-${host.name}`,
    { host, title: `balance the API on ${host.name}`, script: `${variables}\n${putFunction}${script}` },
    options,
  );
}
