import assert from "node:assert/strict";
import type { Verdict } from "./oracle";

/** The verdict on a source of so many records where nothing is wrong. */
export function exactVerdict(source: number, deadLetters = 0): Verdict {
  return {
    source,
    records: source - deadLetters,
    lost: 0,
    doubled: 0,
    outOfOrder: 0,
    damaged: 0,
    invented: 0,
    foreign: 0,
    deadLetters,
    openEnd: 0,
  };
}

/** Nothing lost, doubled, out of order, damaged, or of unknown origin, and no transaction left open. */
export function assertExact(verdict: Verdict, source: number, deadLetters = 0): void {
  assert.deepEqual(verdict, exactVerdict(source, deadLetters));
}
