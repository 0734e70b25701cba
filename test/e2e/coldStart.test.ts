import { strict as assert } from "node:assert";
import { coldStart } from "../../scripts/faultsCommand/coldStart";
import { edgeOffline } from "../../scripts/faultsCommand/edgeOffline";
import { renderColdStart, renderEdgeOffline } from "../../scripts/faultsCommand/renderColdStart";
import { openWorld, type World } from "../../scripts/faultsCommand/world";

/** On a lab that is up, with records flowing. Both wait by themselves for what has to come back, an hour at the most. */
describe("hosts without power", function () {
  this.timeout(70 * 60_000);
  // Hosts that did not come back are no ground for another power cut.
  this.bail(true);
  const stop = new AbortController();
  let world: World | undefined;

  before(async () => {
    world = await openWorld(stop.signal);
  });
  after(async () => {
    stop.abort();
    await world?.arrivals.stop();
  });

  it("come back without a hand, in whatever order: API, Kafka and pipeline, with every record once", async () => {
    const result = await coldStart(world!, Math.floor(Math.random() * 2 ** 31));
    process.stdout.write(`${renderColdStart(result)}\n`);
    assert.ok(result.losses.ok, JSON.stringify(result.losses));
    assert.ok(result.losses.compared > 0);
  });

  it("of the edge alone, while it is cut off, work on: they buffer, and catch up when the link is mended", async () => {
    const result = await edgeOffline(world!, "edge", "cloud");
    process.stdout.write(`${renderEdgeOffline("edge", result)}\n`);
    assert.ok(result.losses.ok, JSON.stringify(result.losses));
    assert.ok(result.buffered > 0, "the stages at the edge ran while it was cut off");
    assert.equal(result.outWhileCut, 0, "it was cut off");
  });
});
