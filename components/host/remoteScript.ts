import * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "./hostAccess";

export interface RemoteScriptArgs {
  host: HostAccess;
  /** Bash text that observes and ensures: right for the first run, for every later one and after an interruption. */
  script: string;
  /** Bash text for when the resource goes; must tolerate that its work is gone already. */
  onDelete?: string;
  /** Data for the script's standard input; the way for secrets. */
  stdin?: pulumi.Input<string>;
}

/**
 * Runs a script on a host over SSH. The same text serves create and update, so any change of it, of its input or of the
 * connection simply runs it again; nothing replaces it. Prints nothing: what a script says is state and may be secret.
 */
export function createRemoteScript(name: string, args: RemoteScriptArgs, options: pulumi.CustomResourceOptions): command.remote.Command {
  const { host } = args;
  return new command.remote.Command(
    name,
    {
      connection: {
        host: host.address,
        port: host.port,
        user: host.user,
        privateKey: host.privateKey,
        hostKey: host.hostKey,
        // A host that reboots answers again within this; one that is not there is told soon.
        dialErrorLimit: 6,
        perDialTimeout: 10,
      },
      create: asRoot(args.script),
      update: asRoot(args.script),
      ...(args.onDelete === undefined ? {} : { delete: asRoot(args.onDelete) }),
      ...(args.stdin === undefined ? {} : { stdin: args.stdin }),
      logging: "none",
      // sshd refuses variables that its AcceptEnv does not name.
      addPreviousOutputInEnv: false,
    },
    { customTimeouts: { create: "30m", update: "30m", delete: "10m" }, ...options },
  );
}

/** One script at a time per host, whoever runs it: a second operator waits. */
function asRoot(script: string): string {
  return `set -euo pipefail
exec 9>/run/iotef.lock
flock -w 900 9 || { echo "another run of IoTEF holds /run/iotef.lock on this host" >&2; exit 1; }
${script}`;
}
