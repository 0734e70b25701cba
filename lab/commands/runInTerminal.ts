import { spawn } from "node:child_process";

/** Runs a program with this terminal and returns its exit code. */
export function runInTerminal(file: string, args: readonly string[]): Promise<number> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit" });
    child.once("error", reject);
    child.once("close", (code) => resolve(code ?? 1));
  });
}
