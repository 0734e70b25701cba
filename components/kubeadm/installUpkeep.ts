import type * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { createRemoteScript, type HostAccess } from "../host";
import { renderUpkeep, type UpkeepSettings } from "./renderUpkeep";

/** Timers on a control plane: snapshots of every etcd member, renewal of certificates; and the means to restore. They go when the host is given back. */
export function installUpkeep(
  name: string,
  host: HostAccess,
  settings: UpkeepSettings,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
  return createRemoteScript(
    `${name}-upkeep-${host.name}`,
    { host, title: `upkeep of ${host.name}`, script: renderUpkeep(settings) },
    options,
  );
}
