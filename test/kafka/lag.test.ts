import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

const [name, partitions] = ["lag", 2];
const generously = { within: 300, every: 0.05 };

describe("the lag that a stage tells", function () {
  this.timeout(900_000);

  it("grows while its destination stands still, and is none while the source is not read", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name,
      process: "copy",
      source: edge,
      destination: cloud,
      partitions,
      laneGroups: 1,
    });
    const { topic } = pipeline.sourceStream;
    const signalAll = (signal: NodeJS.Signals) =>
      Promise.all(cloud.brokerIds.map((broker) => cloud.signalBroker(broker, signal)));
    const stage = new StageProcess({ config: pipeline.config });
    try {
      await feed(edge, { topic, partitions, count: 20, size: 100 });
      await pipeline.untilDrained();
      await until("nothing waits", async () => assert.deepEqual(await stage.lag(), { 0: 0, 1: 0 }), generously);

      const before = stage.lines.length;
      await signalAll("SIGSTOP");
      try {
        await feed(edge, { topic, partitions, count: 40, size: 100 });
        const all = async () => {
          const lag = await stage.lag();
          assert.ok(lag[0]! >= 20 && lag[1]! >= 20, JSON.stringify(lag));
        };
        await until("what was fed waits", all, generously);
        await stage.untilLine("gives up its session", ({ to }) => to === "rebuilding", before, 300);
        await until("nothing is known", async () => assert.deepEqual(await stage.lag(), {}), generously);
      } finally {
        await signalAll("SIGCONT");
      }
      await cloud.untilHealthy();
      await pipeline.untilDrained(300);
      await until(
        "nothing waits any more",
        async () => assert.deepEqual(await stage.lag(), { 0: 0, 1: 0 }),
        generously,
      );
    } finally {
      await stage.end("SIGTERM");
    }
  });
});
