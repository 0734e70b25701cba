import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResult, type MochaReport, type Result } from "./results";
import { runChild } from "./runChild";
import type { Suite } from "./suites";

const mocha = require.resolve("mocha/bin/mocha.js");
const reporter = join(__dirname, "specAndJson.cjs");

/**
 * Runs one suite: the tests' names on the screen as they go, the counts from mocha's JSON report.
 * @param label stands before each line, where other suites run beside it
 */
export async function runMocha(
  suite: Suite,
  env: NodeJS.ProcessEnv,
  signal: AbortSignal,
  label?: string,
): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), "iotef-test-"));
  const file = join(folder, "report.json");
  try {
    const args = [mocha, "--reporter", reporter, "--reporter-option", `output=${file}`, suite.files];
    const ending = await runChild(args, { minutes: suite.minutes, signal, env, label });
    return readResult(suite.name, readReport(file), ending);
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

function readReport(file: string): MochaReport | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as MochaReport;
  } catch {
    return undefined;
  }
}
