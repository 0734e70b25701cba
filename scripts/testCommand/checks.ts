import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Result } from "./results";
import { runChild } from "./runChild";

/** One thing to find out; lanes of them go side by side. */
export type Check = () => Promise<Result>;

/**
 * All that is said about the text without running it, in two lanes, because two cores are the least we know. Format and types
 * remember what they saw (by content); lint does not, as its rules look across files.
 */
export function staticChecks(signal: AbortSignal, log: (line: string) => void): [Check[], Check[]] {
  const check = (name: string, program: string, ...args: string[]): Check => {
    return () => runCheck(name, [program, ...args], signal, log);
  };
  const tsc = (name: string, memory: string, ...args: string[]): Check => {
    const remember = ["--incremental", "--tsBuildInfoFile", `node_modules/.cache/iotef/${memory}.tsbuildinfo`];
    return check(name, bin("typescript", "tsc"), "--noEmit", ...remember, ...args);
  };
  return [
    [check("lint", bin("eslint"), "--max-warnings", "0", ".")],
    [
      tsc("types", "root", "--noCheck", "false"),
      tsc("types of the workloads", "workloads", "-p", "workloads"),
      check("format", bin("prettier"), "--check", "--cache", "--cache-strategy", "content", "--log-level", "warn", "."),
    ],
  ];
}

/** Runs the lanes side by side, each in its order; what has not begun when `signal` aborts is left out. */
export async function runLanes(lanes: readonly (readonly Check[])[], signal: AbortSignal): Promise<Result[]> {
  const results = lanes.map(async (lane) => {
    const ofLane: Result[] = [];
    for (const check of lane) if (!signal.aborted) ofLane.push(await check());
    return ofLane;
  });
  return (await Promise.all(results)).flat();
}

async function runCheck(
  name: string,
  args: readonly string[],
  signal: AbortSignal,
  log: (line: string) => void,
): Promise<Result> {
  const since = performance.now();
  const { exitCode, output } = await runChild(args, { minutes: 15, signal, capture: true });
  const ok = exitCode === 0;
  log(`${name}: ${ok ? "passed" : "failed"} in ${((performance.now() - since) / 1000).toFixed(0)} s`);
  return { name, passed: 0, failed: ok ? 0 : 1, skipped: 0, failures: ok ? [] : [output.trim()] };
}

/** The file behind a package's command: started without a shell or npm in between. */
function bin(name: string, command = name): string {
  const manifest = require.resolve(`${name}/package.json`);
  const { bin: commands } = JSON.parse(readFileSync(manifest, "utf8")) as { bin: string | Record<string, string> };
  return join(dirname(manifest), typeof commands === "string" ? commands : commands[command]!);
}
