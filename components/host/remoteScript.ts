import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { HostAccess } from "./hostAccess";
import { quote } from "./shell";

export interface RemoteScriptArgs {
  host: HostAccess;
  /** Bash text that observes and ensures: right for the first run, for every later one and after an interruption. */
  script: string;
  /** What it does, for error messages: `prepare edge-m1`. */
  title: string;
}

/**
 * Runs a script on a host over SSH. The same text serves create and update, so any change of it, of its input or of the
 * connection simply runs it again; nothing replaces it. Prints nothing: what a script says is state and may be secret.
 */
export function createRemoteScript(
  name: string,
  args: RemoteScriptArgs,
  options: pulumi.CustomResourceOptions,
): command.remote.Command {
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
      create: fromStdin(args.title),
      update: fromStdin(args.title),
      stdin: `${generationMark(host)}${guarded(args.script)}`,
      logging: "none",
      // sshd refuses variables that its AcceptEnv does not name.
      addPreviousOutputInEnv: false,
    },
    { customTimeouts: { create: "30m", update: "30m", delete: "10m" }, ...options },
  );
}

/** Another text, so that everything of this host runs again. */
function generationMark({ generation }: Pick<HostAccess, "generation">): string {
  return generation === 1 ? "" : `# generation ${generation}\n`;
}

/** Scripts come by standard input: the provider prints a failing command in full, which so stays one line. */
export function fromStdin(title: string): string {
  return `bash -c "$(cat)" ${quote(title)}`;
}

/** One script at a time per host, whoever runs it: a second operator waits. */
export function guarded(script: string): string {
  return `set -euo pipefail
exec 9>/run/iotef.lock
flock -w 900 9 || { echo "another run of IoTEF holds /run/iotef.lock on this host" >&2; exit 1; }
${script}`;
}
