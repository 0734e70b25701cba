import type { Command } from "commander";
import { ConfigError, messageOf } from "../../core/errors";
import { WaitError } from "../../core/wait";
import { LabError } from "../labError";

/** Runs a command line. What a person can mend is shown as a message, anything else with its stack trace; exit code 1. */
export async function runProgram(program: Command, argv: readonly string[]): Promise<void> {
  try {
    await program.parseAsync(argv);
  } catch (error) {
    const expected = error instanceof LabError || error instanceof ConfigError || error instanceof WaitError;
    const text = error instanceof Error && !expected ? (error.stack ?? error.message) : messageOf(error);
    process.stderr.write(`${text}\n`);
    process.exitCode = 1;
  }
}
