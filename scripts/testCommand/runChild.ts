import { spawn } from "node:child_process";
import { createInterface } from "node:readline";

export interface ChildOptions {
  /** Minutes after which the child is ended. */
  minutes: number;
  /** Ends the child, and all it started, when aborted. */
  signal: AbortSignal;
  env?: NodeJS.ProcessEnv;
  /** Collects the output instead of showing it as it comes. @default false */
  capture?: boolean;
  /** Stands before each line that is shown: for children that run side by side. */
  label?: string;
}

export interface ChildEnding {
  exitCode: number | undefined;
  timedOut: boolean;
  /** Empty unless captured. */
  output: string;
}

/** A test that is told to end may first take down what it set up. */
const graceSeconds = 120;

/**
 * Runs one of Node's programs in a process group of its own, so that a stop reaches all that it started: first an interrupt, as
 * Ctrl-C would send it, then, when that is not heeded, the end.
 */
export function runChild(
  args: readonly string[],
  { minutes, signal, env, capture = false, label }: ChildOptions,
): Promise<ChildEnding> {
  const out = capture || label !== undefined ? "pipe" : "inherit";
  const child = spawn(process.execPath, args, {
    detached: true,
    env: { ...process.env, ...env },
    stdio: ["ignore", out, out],
  });
  const group = (name: NodeJS.Signals): void => {
    try {
      if (child.pid !== undefined) process.kill(-child.pid, name);
    } catch {
      // The group has ended already.
    }
  };
  let timedOut = false;
  let ending: NodeJS.Timeout | undefined;
  const stop = (): void => {
    group("SIGINT");
    ending ??= setTimeout(() => group("SIGKILL"), graceSeconds * 1000);
  };
  const limit = setTimeout(() => {
    timedOut = true;
    stop();
  }, minutes * 60_000);
  if (signal.aborted) stop();
  signal.addEventListener("abort", stop);
  // A second Ctrl-C ends this process at once, and the group with it.
  const end = (): void => group("SIGKILL");
  process.once("exit", end);

  let output = "";
  for (const stream of [child.stdout, child.stderr]) {
    if (stream === null) continue;
    if (capture) stream.setEncoding("utf8").on("data", (text: string) => (output += text));
    else createInterface(stream).on("line", (line) => process.stdout.write(`${label} | ${line}\n`));
  }
  return new Promise((resolve, reject) => {
    const settle = (): void => {
      clearTimeout(limit);
      clearTimeout(ending);
      signal.removeEventListener("abort", stop);
      process.off("exit", end);
      // What the child left behind must not meet the next suite.
      group("SIGKILL");
    };
    child.on("error", (error) => {
      settle();
      reject(error);
    });
    child.on("close", (code) => {
      settle();
      resolve({ exitCode: code ?? undefined, timedOut, output });
    });
  });
}
