import { elapsedLog } from "../lab/elapsedLog";
import { renderSummary, type Result } from "./testCommand/results";
import { runChecks } from "./testCommand/runChecks";
import { runMocha } from "./testCommand/runMocha";
import { stopOnSignal } from "./testCommand/stopOnSignal";
import { suites } from "./testCommand/suites";

/** `npm run check`: lint, types, format and unit tests, before a commit. */
async function check(): Promise<void> {
  const signal = stopOnSignal();
  const results: Result[] = await runChecks(signal, elapsedLog());
  if (!signal.aborted) results.push(await runMocha(suites.find(({ name }) => name === "unit")!, {}, signal));
  process.stdout.write(`\n${renderSummary(results)}\n`);
  process.exitCode = signal.aborted ? 130 : results.some(({ failed }) => failed > 0) ? 1 : 0;
}

void check();
