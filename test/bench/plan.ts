import type { Contender } from "./contender";
import type { Load } from "./load";
import type { Durations } from "./measure";
import type { Distance } from "./testbed";

/** What can be measured. */
export interface Choice {
  contenders: readonly Contender[];
  loads: readonly Load[];
  distances: readonly Distance[];
}

/** A picture of a camera, and what a sensor sends. */
export function loadsOf(quick: boolean): Load[] {
  return [
    { name: "images", bytes: 87_000, backlog: quick ? 600 : 2500, rate: 40, together: 1 },
    // As a gateway sends them: one request for each of 400 would be all that two cores can do, whoever copies.
    { name: "readings", bytes: 1000, backlog: quick ? 30_000 : 80_000, rate: 400, together: 20 },
  ];
}

export function durationsOf(quick: boolean): Durations {
  return quick ? { warmUp: 2, steady: 8 } : { warmUp: 5, steady: 30 };
}

/**
 * Keeps what is named; of a kind that no name is of, everything.
 * @throws Error for a name of nothing
 */
export function choose({ contenders, loads, distances }: Choice, only: readonly string[]): Choice {
  const known = [...contenders, ...loads, ...distances].map(({ name }) => name);
  const unknown = only.find((name) => !known.includes(name));
  if (unknown !== undefined)
    throw new Error(`--only: "${unknown}" is no contender, load or distance; use ${known.join(", ")}`);
  const keep = <T extends { name: string }>(all: readonly T[]): readonly T[] => {
    const named = all.filter(({ name }) => only.includes(name));
    return named.length > 0 ? named : all;
  };
  return { contenders: keep(contenders), loads: keep(loads), distances: keep(distances) };
}
