import assert from "node:assert/strict";
import fc from "fast-check";
import { breaks, buildBroken, type BreakName } from "../chaos/broken";
import { brokersPerCluster, mostLaneGroups, planRound } from "../chaos/plan";
import { renderTotals } from "../chaos/report";
import { problemsOf } from "../chaos/round";
import { exactVerdict } from "../support/exact";

const exact = exactVerdict(10);

describe("chaos: a round's plan", () => {
  it("follows from its seed", () => {
    assert.deepEqual(planRound(7), planRound(7));
    assert.notDeepEqual(planRound(7), planRound(8));
  });

  it("stays within what the clusters have, its faults in the order of their times", () => {
    fc.assert(
      fc.property(fc.integer({ min: 1, max: 2 ** 31 - 1 }), (seed) => {
        const { faults, laneGroups } = planRound(seed);
        assert.ok(laneGroups >= 1 && laneGroups <= mostLaneGroups);
        assert.deepEqual(
          faults,
          [...faults].sort((a, b) => a.atMs - b.atMs),
        );
        for (const { fault } of faults)
          if ("broker" in fault && fault.broker !== "all") assert.ok(fault.broker <= brokersPerCluster);
      }),
    );
  });

  it("holds every kind of fault sooner or later", () => {
    const kinds = new Set(
      Array.from({ length: 200 }, (_, n) => planRound(n + 1).faults.map(({ fault }) => fault.kind)).flat(),
    );
    assert.equal(kinds.size, 12);
  });
});

describe("chaos: the breaks", () => {
  for (const name of Object.keys(breaks) as BreakName[])
    it(`${name} still finds what it takes away`, async () => {
      assert.match(await buildBroken(name), new RegExp(name));
    });
});

describe("chaos: the verdict", () => {
  it("names each count that is not what exactly once means", () => {
    assert.deepEqual(problemsOf(exact), []);
    assert.deepEqual(problemsOf({ ...exact, doubled: 2, records: 12 }), ["doubled 2", "12 records of 10"]);
    assert.deepEqual(problemsOf({ ...exact, openEnd: 1 }), ["openEnd 1"]);
  });

  it("sums up faults by kind and says how to replay what went wrong", () => {
    const text = renderTotals([
      { seed: 4, faults: ["stage-killed", "link-cut"], verdict: exact, problems: [] },
      { seed: 5, faults: ["link-cut"], verdict: { ...exact, lost: 3, records: 7 }, problems: ["lost 3"] },
    ]);
    assert.match(text, /link-cut +2\n/);
    assert.match(text, /rounds 2, faults 3, records 20: lost 3, doubled 0, out of order 0/);
    assert.match(text, /replay with --seed 5$/);
  });
});
