import { spawn } from "node:child_process";
import { closeSync, openSync } from "node:fs";

export interface RecipeRun {
  /** The shell script. */
  recipe: string;
  env: NodeJS.ProcessEnv;
  /** What it prints, replaced. */
  log: string;
  /** Ends it, and all that it started, at once. */
  signal: AbortSignal;
}

/**
 * Runs a recipe in process and mount namespaces of its own, which end with it and with this process, however either ends: after a
 * `kill -9` no compiler goes on, and no mount keeps its folder from being removed. Nice, so that the person's shell stays usable.
 *
 * @returns its exit code; null when a signal ended it
 */
export function runRecipe({ recipe, env, log, signal }: RecipeRun): Promise<number | null> {
  const output = openSync(log, "w");
  const endWithParent = ["--pdeathsig", "KILL"];
  const ownNamespaces = ["--pid", "--fork", "--kill-child=KILL", "--mount", "--mount-proc"];
  const shell = ["nice", "-n", "5", "bash", "-euo", "pipefail", recipe];
  const child = spawn("setpriv", [...endWithParent, "unshare", ...ownNamespaces, ...shell], {
    env,
    // Not in the terminal's process group: Ctrl-C reaches it by the signal only.
    detached: true,
    stdio: ["ignore", output, output],
  });
  const stop = (): void => void child.kill("SIGKILL");
  signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      closeSync(output);
      resolve(code);
    });
  });
}
