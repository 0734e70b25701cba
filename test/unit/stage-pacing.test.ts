import assert from "node:assert/strict";
import { Pacing } from "../../workloads/stage/pacing";

describe("Pacing", () => {
  it("lets an idle stage commit at once", () => {
    const pacing = new Pacing();
    assert.equal(pacing.delay(0, false), 0);
    pacing.started(0);
    pacing.took(10);
    assert.equal(pacing.delay(1000, false), 0);
  });

  it("keeps a distance that follows the time a transaction takes", () => {
    const pacing = new Pacing({ factor: 2 });
    pacing.started(100);
    pacing.took(10);
    assert.equal(pacing.delay(105, false), 15);
    for (let n = 0; n < 50; n++) pacing.took(30);
    assert.ok(Math.abs(pacing.intervalMs - 60) < 1);
  });

  it("waits no longer than the longest interval", () => {
    const pacing = new Pacing({ maxIntervalMs: 100 });
    pacing.started(0);
    pacing.took(5000);
    assert.equal(pacing.delay(0, false), 100);
  });

  it("does not hold back a full batch", () => {
    const pacing = new Pacing();
    pacing.started(0);
    pacing.took(1000);
    assert.equal(pacing.delay(0, true), 0);
  });
});
