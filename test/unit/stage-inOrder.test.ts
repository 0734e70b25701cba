import assert from "node:assert/strict";
import { InOrder } from "../../workloads/stage/inOrder";

describe("work in order", () => {
  /** A piece of work that ends when told to. */
  function piece<T>(): { work: () => Promise<T>; end: (value: T) => void; fail: (error: Error) => void } {
    let end!: (value: T) => void;
    let fail!: (error: Error) => void;
    const promise = new Promise<T>((resolve, reject) => ([end, fail] = [resolve, reject]));
    return { work: () => promise, end, fail };
  }
  const turn = () => new Promise((resolve) => setImmediate(resolve));

  it("hands results over in the order of their starts, whichever is ready first", async () => {
    const seen: string[] = [];
    const order = new InOrder<string>(
      3,
      (result) => void seen.push(result),
      (error) => assert.fail(String(error)),
    );
    const [a, b] = [piece<string>(), piece<string>()];
    await order.start(a.work);
    await order.start(b.work);
    b.end("b");
    await turn();
    assert.deepEqual(seen, []);
    a.end("a");
    await turn();
    assert.deepEqual(seen, ["a", "b"]);
  });

  it("starts no more than it may before the oldest is handed over", async () => {
    let handOver = (): void => undefined;
    const order = new InOrder<number>(
      2,
      () => new Promise((resolve) => (handOver = resolve)),
      (error) => assert.fail(String(error)),
    );
    const first = piece<number>();
    await order.start(first.work);
    await order.start(async () => 2);
    let started = false;
    const third = order.start(async () => 3).then(() => (started = true));
    first.end(1);
    await turn();
    assert.equal(started, false, "the first is processed, but not handed over");
    handOver();
    await third;
    assert.equal(started, true);
  });

  it("hands nothing over after a failure, and tells of it at once", async () => {
    const seen: number[] = [];
    const told: unknown[] = [];
    const order = new InOrder<number>(
      2,
      (result) => void seen.push(result),
      (error) => told.push(error),
    );
    const bad = piece<number>();
    await order.start(bad.work);
    await order.start(async () => 2);
    const waiting = order.start(async () => 3);
    bad.fail(new Error("no"));
    await assert.rejects(waiting, /no/);
    await turn();
    assert.deepEqual(seen, []);
    assert.equal(told.length, 1);
  });
});
