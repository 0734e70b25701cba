import { readFileSync } from "node:fs";
import { join } from "node:path";
import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import { knownHostsLine } from "../../core/config/knownHosts";
import { fromStdin, quote, type HostAccess } from "../host";

export interface ClusterScriptArgs {
  /** The host it is about; undefined where any control plane will do. */
  host?: HostAccess & { labels: Readonly<Record<string, string>> };
  /** Configured control planes, sorted by name; the script is told of all but its own host. */
  controlPlanes: readonly HostAccess[];
  /** File name in scripts/, and the one for when the resource goes. Without the first, nothing is done until then. */
  script?: string;
  /** Runs when an input has changed, and not the first time. */
  onUpdate?: string;
  onDelete?: string;
  /** What it prints on standard error is for the operator's eyes: never a secret. @default false */
  tells?: boolean;
  /** Is told what it printed last time, in PULUMI_COMMAND_STDOUT. @default false */
  remembers?: boolean;
  /** Further variables; no secrets: they are plain state. */
  variables?: Readonly<Record<string, pulumi.Input<string>>>;
}

/**
 * Runs a script of scripts/ on the operator's machine, with OpenSSH to any control plane that is healthy. remote.Command has
 * one connection and its output is state: a join needs two hosts and must keep its token out of the state (decision 001).
 */
export function createClusterScript(
  name: string,
  args: ClusterScriptArgs,
  options: pulumi.CustomResourceOptions,
): command.local.Command {
  const { host, controlPlanes } = args;
  const others = controlPlanes.filter((other) => other.name !== host?.name);
  const runs = args.script ?? args.onUpdate;
  const access = host ?? controlPlanes[0]!;
  const known = [...others, ...(host === undefined ? [] : [host])];
  const labels = Object.entries(host?.labels ?? {}).sort(([a], [b]) => (a < b ? -1 : 1));
  return new command.local.Command(
    name,
    {
      interpreter: ["/bin/bash", "-c"],
      create: args.script === undefined ? "true" : fromStdin(args.script),
      update: runs === undefined ? "true" : fromStdin(runs),
      ...(runs === undefined ? {} : { stdin: load(runs) }),
      // The delete has no input of its own, and a failing command is printed in full: its script is a variable.
      ...(args.onDelete === undefined ? {} : { delete: `bash -c "$ON_DELETE" ${quote(args.onDelete)}` }),
      environment: {
        HOST: host?.name ?? "",
        ADDRESS: host?.address ?? "",
        SSH_USER: access.user,
        SSH_PORT: String(access.port),
        SSH_KEY: access.privateKeyFile,
        KNOWN_HOSTS: known.map(knownHostsLine).join("\n"),
        CONTROL_PLANES: others.map((other) => `${other.name} ${other.address}`).join("\n"),
        LABELS: labels.map(([key, value]) => `${key}=${value}`).join("\n"),
        ...(host === undefined || host.generation === 1 ? {} : { GENERATION: String(host.generation) }),
        ...(args.onDelete === undefined ? {} : { ON_DELETE: load(args.onDelete) }),
        ...args.variables,
      },
      logging: args.tells === true ? "stderr" : "none",
      addPreviousOutputInEnv: args.remembers === true,
    },
    { customTimeouts: { create: "40m", update: "40m", delete: "15m" }, ...options },
  );
}

function load(script: string): string {
  return ["session.sh", script].map((file) => readFileSync(join(__dirname, "scripts", file), "utf8")).join("\n");
}
