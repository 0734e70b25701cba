import assert from "node:assert/strict";
import { AtWork } from "../../workloads/stage/atWork";

describe("AtWork", () => {
  it("knows the oldest piece of work that has not ended", async () => {
    let now = 0;
    const atWork = new AtWork(() => now);
    let end!: () => void;
    const first = atWork.watch("first", () => new Promise<void>((resolve) => (end = resolve)));
    now = 2000;
    const second = atWork.watch("second", () => new Promise<void>(() => undefined));
    now = 5000;
    assert.deepEqual(atWork.oldest, { name: "first", seconds: 5 });
    end();
    await first;
    assert.deepEqual(atWork.oldest, { name: "second", seconds: 3 });
    void second;
  });

  it("forgets work that failed", async () => {
    const atWork = new AtWork();
    await assert.rejects(atWork.watch("bad", () => Promise.reject(new Error("bad"))));
    assert.equal(atWork.oldest, undefined);
  });
});
