import assert from "node:assert/strict";
import { formatCheckpoint, parseCheckpoint, type Checkpoint } from "../../workloads/stage/checkpoint";
import { planResume, type ResumeArgs } from "../../workloads/stage/resume";
import { checkPosition } from "../../workloads/stage/sources/checkPosition";

const source = "abc/frames";

function checkpoint(
  group: number,
  laneGroups: number,
  positions: Record<number, number>,
  more: Partial<Checkpoint> = {},
): [number, Checkpoint] {
  const lanes = new Map(Object.entries(positions).map(([lane, at]) => [Number(lane), BigInt(at)]));
  return [
    group,
    {
      positions: new Map([[source, lanes]]),
      source,
      topicIds: new Map(),
      laneGroups,
      generation: 1,
      claim: 3,
      place: "edge",
      transactionalIds: [`t.${group}.0`, `t.${group}.1`],
      ...more,
    },
  ];
}

function plan(checkpoints: [number, Checkpoint][], args: Partial<ResumeArgs> = {}) {
  return planResume({
    group: 0,
    laneGroups: 2,
    lanes: [0, 2, 4],
    source,
    generation: 1,
    checkpoints: new Map(checkpoints),
    fenced: new Set([0]),
    ...args,
  });
}

describe("planResume", () => {
  it("starts without positions where nothing was ever committed", () => {
    assert.deepEqual(plan([]), {
      act: "run",
      positions: new Map(),
      carried: { positions: new Map(), topicIds: new Map() },
      claim: 1,
    });
  });

  it("goes on from its own checkpoint and leaves other groups' lanes alone", () => {
    const own = checkpoint(0, 2, { 0: 7, 2: 8, 4: 9 });
    const result = plan([own, checkpoint(1, 2, { 1: 5, 3: 5 })]);
    assert.ok(result.act === "run");
    assert.deepEqual(
      result.positions,
      new Map([
        [0, 7n],
        [2, 8n],
        [4, 9n],
      ]),
    );
    assert.equal(result.claim, 4);
  });

  it("stands down before a newer placement", () => {
    const newer = checkpoint(0, 2, { 0: 7 }, { generation: 2, place: "cloud" });
    assert.deepEqual(plan([newer]), { act: "stand-down", generation: 2, place: "cloud" });
  });

  it("fences the owners that had its lanes under another mapping, then takes the furthest positions", () => {
    const old = [checkpoint(0, 3, { 0: 7, 3: 7 }), checkpoint(1, 3, { 1: 1, 4: 9 }), checkpoint(2, 3, { 2: 8, 5: 1 })];
    const owners = [1, 2].map((partition) => ({
      partition,
      transactionalIds: [`t.${partition}.0`, `t.${partition}.1`],
    }));
    assert.deepEqual(plan(old), { act: "fence", owners });
    const result = plan(old, { fenced: new Set([0, 1, 2]) });
    assert.ok(result.act === "run");
    assert.deepEqual(
      result.positions,
      new Map([
        [0, 7n],
        [2, 8n],
        [4, 9n],
      ]),
    );
    assert.deepEqual(
      result.carried.positions.get(source),
      new Map([
        [0, 7n],
        [3, 7n],
      ]),
    );
  });

  it("fences the owner that read another source before: it has other ids", () => {
    const old = checkpoint(0, 2, { 0: 7 }, { source: "abc/other", transactionalIds: ["o.0", "o.1"] });
    const owners = [{ partition: 0, transactionalIds: ["o.0", "o.1"] }];
    assert.deepEqual(plan([old], { fenced: new Set() }), { act: "fence", owners });
    assert.equal(plan([old]).act, "run");
  });

  it("takes what a peer that was quicker carried over", () => {
    const quick = checkpoint(1, 2, { 1: 5, 3: 5, 4: 9 });
    const result = plan([checkpoint(0, 3, { 0: 7 }), quick]);
    assert.ok(result.act === "run");
    assert.deepEqual(
      result.positions,
      new Map([
        [0, 7n],
        [4, 9n],
      ]),
    );
  });

  it("does not take the positions of another source", () => {
    const result = plan([checkpoint(0, 2, { 0: 7 })], { source: "abc/other" });
    assert.ok(result.act === "run");
    assert.deepEqual(result.positions, new Map());
    assert.deepEqual(result.carried.positions.get(source), new Map([[0, 7n]]));
  });

  it("knows the topic of each source's positions, also of one that was read before the last one", () => {
    const topicIds = new Map([
      [source, "t1"],
      ["abc/other", "t2"],
    ]);
    const last = checkpoint(0, 2, { 0: 7 }, { source: "abc/other", topicIds });
    assert.equal(plan([last], { topicId: "t1" }).act, "run");
    assert.deepEqual(plan([last], { topicId: "t3" }), { act: "block", topicId: "t1" });
    assert.equal(plan([last], { source: "abc/other", topicId: "t3" }).act, "run", "it has no position of that source");
  });

  it("finds positions of a topic that was made again in another group's partition too, where they are about its lanes", () => {
    const old = { topicIds: new Map([[source, "t1"]]) };
    const now = { topicId: "t2", fenced: new Set([0, 1, 2]) };
    assert.deepEqual(plan([checkpoint(1, 3, { 1: 1, 4: 9 }, old)], now), { act: "block", topicId: "t1" });
    assert.equal(plan([checkpoint(1, 2, { 1: 1, 3: 9 }, old)], now).act, "run");
  });
});

describe("checkpoints", () => {
  it("are read as they were written", () => {
    const [, written] = checkpoint(0, 2, { 0: 7, 2: 2 ** 60 }, { topicIds: new Map([[source, "t1"]]) });
    assert.deepEqual(parseCheckpoint(formatCheckpoint(written)), written);
  });

  it("of a version that is not known are refused", () => {
    const [, written] = checkpoint(0, 2, { 0: 7 });
    assert.throws(() => parseCheckpoint(formatCheckpoint(written).replace('"version":1', '"version":2')));
  });
});

describe("checkPosition", () => {
  const at = (stored: bigint | undefined, acceptLoss = false) =>
    checkPosition({ topic: "frames", lane: 1, stored, start: 10n, end: 20n, acceptLoss });

  it("starts a new lane at the start of the log", () => {
    assert.deepEqual(at(undefined), { position: 10n });
  });

  it("takes any position inside the log, its end included", () => {
    for (const stored of [10n, 15n, 20n]) assert.deepEqual(at(stored), { position: stored });
  });

  it("tells how many records are gone, and goes on only where that is accepted", () => {
    const { position, gap } = at(4n);
    assert.equal(position, 4n);
    assert.match(gap!, /frames, partition 1: 6 records \(4 to 9\) were deleted/);
    assert.deepEqual(at(4n, true), { position: 10n });
  });

  it("never goes on behind the end of the log", () => {
    const { position, gap } = at(21n, true);
    assert.equal(position, 21n);
    assert.match(gap!, /stands at 21 but the log ends at 20/);
  });
});
