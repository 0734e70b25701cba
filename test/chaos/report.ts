import { alignColumns } from "../../core/alignColumns";
import type { RoundResult } from "./round";

/** One line about a round as it ends. */
export function renderRound(number: number, { seed, faults, verdict, problems, evidence }: RoundResult): string {
  const what = verdict === undefined ? "no audit" : `${verdict.source} records`;
  const outcome = problems.length === 0 ? "exactly once" : problems.join("; ");
  const where = evidence === undefined ? "" : `; its logs are in ${evidence}`;
  return `round ${number}, seed ${seed}: ${faults.length} faults, ${what}: ${outcome}${where}`;
}

/** Sums over all rounds: faults by kind, records, and the seeds of rounds that went wrong. */
export function renderTotals(results: readonly RoundResult[]): string {
  const sum = (name: "source" | "lost" | "doubled" | "outOfOrder"): number =>
    results.reduce((total, { verdict }) => total + (verdict?.[name] ?? 0), 0);
  const kinds = new Map<string, number>();
  for (const kind of results.flatMap(({ faults }) => faults)) kinds.set(kind, (kinds.get(kind) ?? 0) + 1);
  const failed = results.filter(({ problems }) => problems.length > 0).map(({ seed }) => seed);
  return [
    "faults:",
    ...alignColumns([...kinds].sort(([a], [b]) => (a < b ? -1 : 1)).map(([kind, count]) => [`  ${kind}`, `${count}`])),
    `rounds ${results.length}, faults ${[...kinds.values()].reduce((total, count) => total + count, 0)}, records ${sum("source")}: lost ${sum("lost")}, doubled ${sum("doubled")}, out of order ${sum("outOfOrder")}`,
    ...(failed.length === 0
      ? []
      : [`not exactly once: replay with ${failed.map((seed) => `--seed ${seed}`).join(", ")}`]),
  ].join("\n");
}
