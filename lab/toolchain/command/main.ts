import { version } from "@pulumi/command/package.json";
import type { Invoke } from "../provider/provider";
import { serveProvider } from "../provider/serveProvider";
import { reveal } from "../provider/values";
import { commandKind } from "./commandKind";
import { checkConnection } from "./connection";
import { copyToRemoteKind } from "./copyToRemote";
import { runLocal } from "./runLocal";
import { runRemote } from "./runRemote";

const lifecycle = {
  create: "string",
  update: "string",
  delete: "string",
  triggers: "array",
  stdin: "string",
  environment: "map",
  logging: "string",
  addPreviousOutputInEnv: "boolean",
} as const;

const localCommand = commandKind({
  inputs: { ...lifecycle, interpreter: "array", dir: "string", assetPaths: "array", archivePaths: "array" },
  run: runLocal,
});

const remoteCommand = commandKind({
  inputs: { ...lifecycle, connection: "any" },
  run: runRemote,
  refine(inputs, failures) {
    const connection = checkConnection(inputs.connection, failures);
    return connection === undefined ? inputs : { ...inputs, connection };
  },
});

const runFunction: Invoke = async (args, context) => ({
  addPreviousOutputInEnv: true,
  ...args,
  ...(await runLocal(String(reveal(args.command)), args, context)),
});

/** `pulumi-resource-command`: the lab's stand-in for the official plugin of the same version. */
void serveProvider({
  name: "command",
  version,
  resources: {
    "command:local:Command": localCommand,
    "command:remote:Command": remoteCommand,
    "command:remote:CopyToRemote": copyToRemoteKind,
  },
  invokes: { "command:local:run": runFunction },
});
