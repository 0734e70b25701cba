/** What one mocha run, or one check, came to. */
export interface Result {
  name: string;
  passed: number;
  failed: number;
  skipped: number;
  /** One line per failed test, what a check printed, or what went wrong besides. */
  failures: string[];
}

/** What mocha's JSON reporter writes, as far as it is read here. */
export interface MochaReport {
  stats: { passes: number; failures: number; pending: number };
  failures: { fullTitle: string; err: { message?: string } }[];
}

/** How a mocha process ended. */
export interface Ending {
  /** Undefined when a signal ended it. */
  exitCode: number | undefined;
  timedOut: boolean;
}

/**
 * Reads a run's outcome. Whatever else went wrong counts as one failure, so that nothing passes by not running.
 * @param report undefined when mocha did not get as far as writing it
 */
export function readResult(name: string, report: MochaReport | undefined, { exitCode, timedOut }: Ending): Result {
  const { passes, failures, pending } = report?.stats ?? { passes: 0, failures: 0, pending: 0 };
  const failed = (report?.failures ?? []).map(({ fullTitle, err }) => `${fullTitle}: ${firstLine(err.message)}`);
  const trouble = troubleOf({ passes, failures }, report !== undefined, { exitCode, timedOut });
  return {
    name,
    passed: passes,
    failed: failures + (trouble === undefined ? 0 : 1),
    skipped: pending,
    failures: trouble === undefined ? failed : [...failed, trouble],
  };
}

function troubleOf(ran: { passes: number; failures: number }, reported: boolean, ending: Ending): string | undefined {
  if (ending.timedOut) return "did not end in time";
  if (!reported)
    return `ended before it had results (${ending.exitCode === undefined ? "by a signal" : `exit code ${ending.exitCode}`})`;
  if (ran.passes + ran.failures === 0) return "no test ran";
  if (ran.failures === 0 && ending.exitCode !== 0) return `all tests passed, yet the exit code was ${ending.exitCode}`;
  return undefined;
}

function firstLine(text = "no message"): string {
  return text.trim().split("\n")[0]!.slice(0, 200);
}

/** What went wrong, and as the last line `N passed, N failed`. */
export function renderSummary(results: readonly Result[]): string {
  const sum = (pick: (result: Result) => number): number => results.reduce((total, result) => total + pick(result), 0);
  const skipped = sum((result) => result.skipped);
  return [
    ...results.flatMap(({ name, failures }) => failures.map((failure) => `failed in ${name}: ${failure}`)),
    ...(skipped === 0 ? [] : [`${skipped} skipped`]),
    `${sum((result) => result.passed)} passed, ${sum((result) => result.failed)} failed`,
  ].join("\n");
}
