import assert from "node:assert/strict";
import { readdirSync, readFileSync, rmSync } from "node:fs";
import { join } from "node:path";
import { buildBroken } from "./broken";
import { planRound } from "./plan";
import { runRound } from "./round";
import { startWorld, stopWorld, type World } from "./world";

/** Between them they hold every kind of fault. */
const seeds = [1, 2, 3, 4];

describe("chaos: a stage under random faults", function () {
  this.timeout(600_000);
  let world: World;
  before(async () => {
    world = await startWorld();
  });
  after(() => stopWorld(world));

  for (const seed of seeds) {
    it(`passes every record on exactly once, seed ${seed}`, async () => {
      const { problems, verdict, faults } = await runRound(world, planRound(seed));
      assert.deepEqual(problems, [], `after ${faults.join(", ")}`);
      assert.ok(verdict!.source > 0 && faults.length > 0);
    });
  }

  it("is found out when it is broken (the checkpoint in a transaction of its own), and its logs are kept", async () => {
    const program = await buildBroken("checkpoint-apart");
    // Replicas die right after the second, third, ... commit of each life: outputs are there, their position is not.
    const lives = Array.from({ length: 6 }, (_, life) => ({ atCommit: 2 + life, fault: "after" as const }));
    const plan = { ...planRound(1), commitFaults: Array.from({ length: 12 }, () => lives), faults: [] };
    const { problems, evidence } = await runRound(world, plan, program);
    assert.match(problems.join(), /doubled/);
    try {
      assert.match(readFileSync(join(evidence!, "replica-0.log"), "utf8"), /is running/);
      const files = readdirSync(evidence!, { recursive: true, encoding: "utf8" });
      assert.ok(
        files.some((name) => /^destination\/broker-1\/chaos-1-out-0\/.*\.log$/.test(name)),
        files.join(),
      );
    } finally {
      rmSync(evidence!, { recursive: true, force: true });
    }
  });
});
