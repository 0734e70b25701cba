import assert from "node:assert/strict";
import fc from "fast-check";
import { ReadyQueue, type Step } from "../../workloads/stage/readyQueue";

const step = (next: number, bytes: number, deadLetterBytes = 0): Step => ({
  next: BigInt(next),
  outputs: [],
  deadLetters: [],
  bytes,
  deadLetterBytes,
  recordsIn: 1,
  bytesIn: bytes,
});

const queueOf = (lanes: number[], laneBytes: number, totalBytes: number) =>
  new ReadyQueue(lanes, { laneBytes, totalBytes }, () => undefined);

describe("ReadyQueue", () => {
  it("cuts at the bytes that one partition's batch may have", () => {
    const queue = queueOf([0], 100, 1000);
    for (let n = 1; n <= 5; n++) queue.push(0, step(n, 40));
    assert.deepEqual(
      queue.cut().lanes.map(({ next }) => next),
      [2n],
    );
    assert.deepEqual(
      queue.cut().lanes.map(({ next }) => next),
      [4n],
    );
    assert.deepEqual(
      queue.cut().lanes.map(({ next }) => next),
      [5n],
    );
    assert.ok(queue.isEmpty);
  });

  it("lets a step through that is larger than the bound, alone", () => {
    const queue = queueOf([0], 100, 1000);
    queue.push(0, step(1, 10));
    queue.push(0, step(2, 150));
    queue.push(0, step(3, 10));
    assert.deepEqual(
      [queue.cut(), queue.cut(), queue.cut()].map(({ bytes }) => bytes),
      [10, 150, 10],
    );
  });

  it("holds dead letters of all lanes together to the bound of one batch", () => {
    const queue = queueOf([0, 1], 100, 1000);
    queue.push(0, step(1, 80, 80));
    queue.push(1, step(1, 80, 80));
    assert.deepEqual(
      [queue.cut(), queue.cut()].map(({ lanes }) => lanes.length),
      [1, 1],
    );
  });

  it("has room until a lane's or the whole bound is reached, and again after a cut", async () => {
    const queue = queueOf([0, 1], 10_000, 15_000);
    queue.push(0, step(1, 10_000));
    assert.equal(queue.hasRoom(0), false);
    assert.equal(queue.hasRoom(1), true);
    queue.push(1, step(1, 6_000));
    assert.equal(queue.hasRoom(1), false);
    const waiting = queue.waitForRoom(0);
    queue.cut();
    await waiting;
  });

  it("is full of steps without records at some time, and cuts them all at once", () => {
    const queue = queueOf([0, 1], 100_000, 1_000_000);
    let pushed = 0;
    while (queue.hasRoom(0) && pushed < 100_000) queue.push(0, step(++pushed, 0));
    assert.ok(pushed < 1_000, `${pushed} steps have room`);
    assert.ok(queue.isFull);
    assert.ok(queue.hasRoom(1));
    const { lanes, bytes } = queue.cut();
    assert.deepEqual([lanes[0]!.steps.length, bytes], [pushed, 0]);
    assert.ok(queue.hasRoom(0) && !queue.isFull);
  });

  it("counts only bytes of records for the bound of one batch", () => {
    const queue = queueOf([0], 1_000, 10_000);
    for (let n = 1; n <= 10; n++) queue.push(0, step(n, 100));
    assert.equal(queue.cut().lanes[0]!.steps.length, 10);
  });

  it("lets waiting producers go when closed", async () => {
    const queue = queueOf([0], 10, 10);
    queue.push(0, step(1, 10));
    const waiting = queue.waitForRoom(0);
    queue.close();
    await waiting;
  });

  it("loses, doubles and reorders no step, and keeps every cut in bounds", () => {
    const steps = fc.array(
      fc.record({ lane: fc.integer({ min: 0, max: 3 }), bytes: fc.integer({ min: 0, max: 120 }) }),
      { maxLength: 60 },
    );
    fc.assert(
      fc.property(steps, (pushed) => {
        const queue = queueOf([0, 1, 2, 3], 100, 250);
        const want: bigint[][] = [[], [], [], []];
        for (const { lane, bytes } of pushed) {
          const next = want[lane]!.length + 1;
          want[lane]!.push(BigInt(next));
          queue.push(lane, step(next, bytes));
        }
        const got: bigint[][] = [[], [], [], []];
        while (!queue.isEmpty) {
          const cut = queue.cut();
          assert.ok(cut.lanes.length > 0);
          for (const { lane, steps: taken, next } of cut.lanes) {
            got[lane]!.push(...taken.map((each) => each.next));
            assert.equal(next, taken.at(-1)!.next);
            const bytes = taken.reduce((sum, each) => sum + each.bytes, 0);
            assert.ok(bytes <= 100 || taken.length === 1);
          }
        }
        assert.deepEqual(got, want);
      }),
    );
  });
});
