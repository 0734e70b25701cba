import assert from "node:assert/strict";
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

  it("is found out when it is broken: the checkpoint in a transaction of its own", async () => {
    const program = await buildBroken("checkpoint-apart");
    const found: string[] = [];
    for (const seed of seeds) found.push(...(await runRound(world, planRound(seed), program)).problems);
    assert.match(found.join(), /doubled|lost|outOfOrder/);
  });
});
