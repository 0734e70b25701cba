import execa from "execa";
import { LabError } from "./labError";

export interface CommandOptions {
  /** Text for the command's standard input. */
  input?: string;
  /** Added to the environment. */
  env?: Record<string, string>;
  /** What an error calls the command. @default the program with its arguments */
  shownAs?: string;
}

/**
 * Runs a program of this machine and returns its standard output.
 * @throws LabError with the program, its exit code and the end of its standard error
 */
export async function runCommand(file: string, args: readonly string[], options: CommandOptions = {}): Promise<string> {
  const { shownAs = shorten(`${file} ${args.join(" ")}`), ...rest } = options;
  const result = await execa(file, args, { reject: false, stripFinalNewline: true, ...rest });
  if (!result.failed) return result.stdout;
  const said = (
    result.stderr ||
    result.stdout ||
    (result as { originalMessage?: string }).originalMessage ||
    ""
  ).trim();
  throw new LabError(`${shownAs}: exit code ${result.exitCode ?? "none"}: ${said.split("\n").slice(-5).join("\n")}`);
}

/** Whether the program ends with exit code 0. */
export async function succeeds(file: string, args: readonly string[]): Promise<boolean> {
  const { failed } = await execa(file, args, { reject: false, stdin: "ignore" });
  return !failed;
}

function shorten(text: string): string {
  return text.length > 200 ? `${text.slice(0, 200)}...` : text;
}
