import type { Client, ClientChannel } from "ssh2";
import type { OperationContext } from "../provider/provider";
import { reveal, type Fields } from "../provider/values";
import { readConnection } from "./connection";
import { dial } from "./dial";
import { commandError } from "./goText";
import { CommandOutput, type Logging } from "./output";
import { previousOutput } from "./runLocal";
import { confirmEnvironment } from "./confirmEnvironment";

/**
 * Runs a command on the host that `state.connection` names.
 * @param state inputs of the command and, where there was a run before, its stdout and stderr.
 * @returns the new stdout and stderr.
 * @throws with exit status, command and all output when it fails; with the reason when the host cannot be reached.
 */
export async function runRemote(command: string, state: Fields, context: OperationContext): Promise<Fields> {
  const client = await dial(readConnection(state.connection), context);
  const run = reveal(state) as {
    environment?: Record<string, string> | null;
    stdin?: string | null;
    logging?: Logging | null;
    addPreviousOutputInEnv?: boolean;
    stdout?: string;
    stderr?: string;
  };
  const output = new CommandOutput(run.logging ?? undefined, context);
  const close = () => client.destroy();
  context.signal.addEventListener("abort", close, { once: true });
  if (context.signal.aborted) close();
  try {
    const refused = confirmEnvironment(client);
    const required = run.environment ?? {};
    const channel = await openChannel(client, command, { ...required, ...previousOutput(run) });
    for (const name of refused) reportRefused(name, name in required, context);
    const failure = await finish(channel, client, run.stdin ?? "", output, context);
    output.end();
    if (failure !== undefined) throw commandError(failure, command, output.everything());
  } finally {
    context.signal.removeEventListener("abort", close);
    client.end();
  }
  return { stdout: output.text("stdout"), stderr: output.text("stderr") };
}

function openChannel(client: Client, command: string, env: Record<string, string>): Promise<ClientChannel> {
  return new Promise((resolve, reject) => {
    client.once("error", reject);
    client.once("close", () => reject(new Error("EOF")));
    client.exec(command, { env }, (error, channel) => (error ? reject(error) : resolve(channel)));
  });
}

/** Feeds stdin, collects output, and tells how the process ended: undefined is success. */
function finish(
  channel: ClientChannel,
  client: Client,
  stdin: string,
  output: CommandOutput,
  context: OperationContext,
): Promise<string | undefined> {
  return new Promise((resolve) => {
    let ending: string | undefined = "wait: remote command exited without exit status or exit signal";
    channel.on("data", (chunk: Buffer) => output.add("stdout", chunk));
    channel.stderr.on("data", (chunk: Buffer) => output.add("stderr", chunk));
    channel.on("exit", (code: number | null, signal?: string) => {
      ending = code === 0 ? undefined : `Process exited with ${code === null ? `signal ${signal}` : `status ${code}`}`;
    });
    client.on("error", (error) => {
      ending = error.message;
    });
    // The process may be gone before it has read all of its stdin.
    channel.on("error", () => undefined);
    channel.on("close", () => resolve(context.signal.aborted ? String(context.signal.reason.message) : ending));
    channel.end(stdin);
  });
}

function reportRefused(name: string, required: boolean, context: OperationContext): void {
  context.log(
    required ? "error" : "warning",
    `Unable to set '${name}'. This only works if your SSH server is configured to accept\n` +
      "\tthese variables via AcceptEnv. Alternatively, if a Bash-like shell runs the command on the remote host, you could\n" +
      "\tprefix the command itself with the variables in the form 'VAR=value command'",
  );
  if (required) throw new Error(`could not set environment variable "${name}": ssh: setenv failed`);
}
