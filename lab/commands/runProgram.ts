import type { Command } from "commander";
import { ConfigError, messageOf } from "../../core/errors";
import { WaitError } from "../../core/wait";
import { LabError } from "../labError";

/** What a shell gives for a program that ended since nobody reads its output: 128 + SIGPIPE, which Node ignores. */
const unread = 141;

/** Runs a command line. What a person can mend is shown as a message, anything else with its stack trace; exit code 1. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  process.stdout.on("error", (error: NodeJS.ErrnoException) => {
    if (error.code !== "EPIPE") throw error;
    process.exit(unread);
  });
  try {
    await program.parseAsync(argv);
  } catch (error) {
    const expected = error instanceof LabError || error instanceof ConfigError || error instanceof WaitError;
    const text = error instanceof Error && !expected ? (error.stack ?? error.message) : messageOf(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}
