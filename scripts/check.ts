import { elapsedLog } from "../lab/elapsedLog";
import { runLanes, staticChecks } from "./testCommand/checks";
import { renderSummary } from "./testCommand/results";
import { runMocha } from "./testCommand/runMocha";
import { stopOnSignal } from "../lab/commands/stopOnSignal";
import { suites } from "./testCommand/suites";

/** `npm run check`: lint, types, format and unit tests, before a commit. */
async function check(): Promise<void> {
  const signal = stopOnSignal();
  const unit = suites.find(({ name }) => name === "unit")!;
  const [lint, rest] = staticChecks(signal, elapsedLog());
  const results = await runLanes([lint, [...rest, () => runMocha(unit, {}, signal)]], signal);
  process.stdout.write(`\n${renderSummary(results)}\n`);
  process.exitCode = signal.aborted ? 130 : results.some(({ failed }) => failed > 0) ? 1 : 0;
}

void check();
