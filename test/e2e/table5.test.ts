import { strict as assert } from "node:assert";
import { judgeCase } from "../../scripts/faultsCommand/caseResult";
import { renderTable5 } from "../../scripts/faultsCommand/renderTable5";
import { runCase } from "../../scripts/faultsCommand/runCase";
import { casesNamed } from "../../scripts/faultsCommand/table5";
import { openWorld, type World } from "../../scripts/faultsCommand/world";

/** The command's default: where the Kafka controller is on such a host, records go on after three sessions (docs/faults.md). */
const holdSeconds = 60;

/** Two of the reference's cases on a lab that is up, with records flowing: a control plane, and both workers. */
describe("Table 5 on the edge cluster", function () {
  this.timeout(50 * 60_000);
  const stop = new AbortController();
  const since = Date.now();
  let world: World | undefined;

  before(async () => {
    world = await openWorld(stop.signal);
  });
  after(async () => {
    stop.abort();
    await world?.arrivals.stop();
  });

  for (const table of casesNamed(["2", "5"])) {
    it(`case ${table.number} is as it should be`, async () => {
      const result = await runCase(world!, "edge", table, { holdSeconds, since });
      process.stdout.write(`${renderTable5([result])}\n`);
      assert.deepEqual(judgeCase(table, result), []);
    });
  }
});
