import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { resolve } from "node:path";
import type { OperationContext } from "../provider/provider";
import { reveal, type Fields } from "../provider/values";
import { collectArchive, collectAssets } from "./collectAssets";
import { commandError, exitText, goQuote } from "./goText";
import { CommandOutput, type Logging } from "./output";

/** Inputs of a local command that say how to run it, without secret wrappers. */
export interface LocalRun {
  interpreter?: string[];
  dir?: string;
  environment?: Record<string, string>;
  stdin?: string;
  logging?: Logging;
  addPreviousOutputInEnv?: boolean;
  assetPaths?: string[];
  archivePaths?: string[];
}

/**
 * Runs a command on this machine, by default with `/bin/sh -c` in the program's directory.
 * @param state inputs of the command and, where there was a run before, its stdout and stderr.
 * @returns the new stdout, stderr and, if asked for, assets and archive.
 * @throws with exit status, command and all output when it fails or is cancelled.
 */
export async function runLocal(command: string, state: Fields, context: OperationContext): Promise<Fields> {
  const run = dropNulls(reveal(state)) as LocalRun & { stdout?: string; stderr?: string };
  const [program, ...leading] = run.interpreter?.length ? run.interpreter : ["/bin/sh", "-c"];
  const cwd = resolve(run.dir ?? process.cwd());
  const output = new CommandOutput(run.logging, context);
  if (!existsSync(cwd)) {
    throw commandError(`chdir ${cwd}: no such file or directory`, command, "");
  }

  const failure = await new Promise<string | undefined>((settle) => {
    // A process group of its own: a cancel must reach what the shell has started, too.
    const child = spawn(program as string, [...leading, command], {
      cwd,
      detached: true,
      stdio: [run.stdin ? "pipe" : "ignore", "pipe", "pipe"],
      env: { ...process.env, ...run.environment, ...previousOutput(run) },
    });
    const kill = () => {
      if (child.pid === undefined) return;
      try {
        process.kill(-child.pid, "SIGKILL");
      } catch {
        // The group ended between the cancel and the kill.
      }
    };
    context.signal.addEventListener("abort", kill, { once: true });
    if (context.signal.aborted) kill();
    child.stdout?.on("data", (chunk: Buffer) => output.add("stdout", chunk));
    child.stderr?.on("data", (chunk: Buffer) => output.add("stderr", chunk));
    // A command may end without reading its stdin; that alone is no failure.
    child.stdin?.on("error", () => undefined);
    child.stdin?.end(run.stdin);
    child.on("error", (error: NodeJS.ErrnoException) =>
      settle(
        error.code === "ENOENT"
          ? `exec: ${goQuote(program as string)}: executable file not found in $PATH`
          : error.message,
      ),
    );
    child.on("close", (code, signal) => {
      context.signal.removeEventListener("abort", kill);
      settle(exitText(code, signal));
    });
  });

  output.end();
  if (failure !== undefined) throw commandError(failure, command, output.everything());
  return {
    stdout: output.text("stdout"),
    stderr: output.text("stderr"),
    ...(run.assetPaths ? { assets: collectAssets(cwd, run.assetPaths) } : {}),
    ...(run.archivePaths ? { archive: collectArchive(cwd, run.archivePaths) } : {}),
  };
}

/** The environment that tells a command what its last run printed. */
export function previousOutput(run: {
  addPreviousOutputInEnv?: boolean;
  stdout?: string;
  stderr?: string;
}): Record<string, string> {
  if (run.addPreviousOutputInEnv === false) return {};
  return {
    ...(run.stdout ? { PULUMI_COMMAND_STDOUT: run.stdout } : {}),
    ...(run.stderr ? { PULUMI_COMMAND_STDERR: run.stderr } : {}),
  };
}

function dropNulls(value: unknown): unknown {
  return Object.fromEntries(Object.entries(value as Record<string, unknown>).filter(([, field]) => field !== null));
}
