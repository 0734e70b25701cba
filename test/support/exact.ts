import assert from "node:assert/strict";
import type { Verdict } from "./oracle";

/** Nothing lost, doubled, out of order, damaged, or of unknown origin, and no transaction left open. */
export function assertExact(verdict: Verdict, source: number, deadLetters = 0): void {
  assert.deepEqual(verdict, {
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
  });
}
