import { dirname, join } from "node:path";
import type { Result } from "./results";
import { runChild } from "./runChild";

interface Check {
  name: string;
  program: string;
  args: readonly string[];
}

/** Everything that is said about the text without running it. Each lane goes beside the other: two cores are the least we know. */
const lanes: readonly (readonly Check[])[] = [
  [{ name: "lint", program: bin("eslint"), args: ["--max-warnings", "0", "."] }],
  [
    { name: "types", program: bin("typescript", "tsc"), args: ["--noEmit", "--noCheck", "false"] },
    { name: "types of the workloads", program: bin("typescript", "tsc"), args: ["--noEmit", "-p", "workloads"] },
    { name: "format", program: bin("prettier"), args: ["--check", "--log-level", "warn", "."] },
  ],
];

/** Runs lint, type checks and the format check; what a failed one printed is shown, what went well only named. */
export async function runChecks(signal: AbortSignal, log: (line: string) => void): Promise<Result[]> {
  const lanesOfResults = await Promise.all(
    lanes.map(async (lane) => {
      const results: Result[] = [];
      for (const check of lane) results.push(await runCheck(check, signal, log));
      return results;
    }),
  );
  return lanesOfResults.flat();
}

async function runCheck({ name, program, args }: Check, signal: AbortSignal, log: (line: string) => void): Promise<Result> {
  const since = performance.now();
  const { exitCode, output } = await runChild([program, ...args], { minutes: 15, signal, capture: true });
  const ok = exitCode === 0;
  log(`${name}: ${ok ? "passed" : "failed"} in ${((performance.now() - since) / 1000).toFixed(0)} s${ok ? "" : `\n${output.trimEnd()}`}`);
  return { name, passed: 0, failed: ok ? 0 : 1, skipped: 0, failures: ok ? [] : ["see above; `npm run format` mends the format"] };
}

/** The file behind a package's command: started without a shell or npm in between. */
function bin(name: string, command = name): string {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: commands } = require(manifest) as { bin: string | Record<string, string> };
  return join(dirname(manifest), typeof commands === "string" ? commands : commands[command]!);
}
