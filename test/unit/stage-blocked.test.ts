import assert from "node:assert/strict";
import { BlockedLanes } from "../../workloads/stage/blocked";

describe("lanes that are blocked", () => {
  it("are told of once, again with another reason, and when they are so no longer", () => {
    const told: [lane: number, reason: string | undefined][] = [];
    const blocked = new BlockedLanes((lane, reason) => told.push([lane, reason]));
    blocked.remove(1);
    blocked.add(1, "a gap");
    blocked.add(2, "a gap");
    blocked.add(1, "a gap");
    blocked.add(1, "a larger gap");
    assert.deepEqual(
      [...blocked.reasons],
      [
        [1, "a larger gap"],
        [2, "a gap"],
      ],
    );
    blocked.remove(1);
    blocked.remove(1);
    assert.deepEqual([...blocked.reasons], [[2, "a gap"]]);
    assert.deepEqual(told, [
      [1, "a gap"],
      [2, "a gap"],
      [1, "a larger gap"],
      [1, undefined],
    ]);
  });
});
