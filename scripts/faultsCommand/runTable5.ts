import { messageOf } from "../../core/errors";
import { judgeCase, type CaseResult } from "./caseResult";
import { renderTable5 } from "./renderTable5";
import { runCase } from "./runCase";
import { casesNamed } from "./table5";
import { clusterNamed, openWorld } from "./world";

export interface Table5Options {
  /** All where empty. */
  clusters: readonly string[];
  /** Numbers of cases; all where empty. */
  cases: readonly string[];
  /** Seconds. */
  hold: number;
  /** Gets all results so far, after each case. */
  keep: (results: readonly CaseResult[]) => void;
  signal: AbortSignal;
}

/** Runs cases one after the other, prints each. @returns whether all was as expected */
export async function runTable5({ clusters, cases, hold, keep, signal }: Table5Options): Promise<boolean> {
  const chosen = casesNamed(cases);
  const world = await openWorld(signal);
  const results: CaseResult[] = [];
  let ok = true;
  let since = Date.now();
  try {
    const names = clusters.length > 0 ? clusters : [...world.clusters.keys()];
    for (const name of names) clusterNamed(world, name);
    for (const name of names) {
      for (const table of chosen) {
        if (signal.aborted) return false;
        try {
          const audited = Date.now();
          const result = await runCase(world, name, table, { holdSeconds: hold, since });
          // The next audit begins where this one did: nothing in between is left out.
          since = audited;
          results.push(result);
          keep(results);
          process.stdout.write(`${renderTable5([result])}\n\n`);
          ok &&= judgeCase(table, result).length === 0;
        } catch (error) {
          if (signal.aborted) throw error;
          process.stdout.write(`${name}, case ${table.number}: NOT as expected: ${messageOf(error)}\n\n`);
          ok = false;
        }
      }
    }
    return ok;
  } finally {
    await world.arrivals.stop();
  }
}
