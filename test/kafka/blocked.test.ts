import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { checkpointKey } from "../../workloads/stage/checkpoint";
import { clusters } from "../support/clusters";
import { feed, withProducer } from "../support/feed";
import { Pipeline } from "../support/pipeline";
import { whileStageRuns } from "../support/stageProcess";

describe("a stage that must not go on by itself", function () {
  this.timeout(600_000);

  async function pipelineOf(name: string): Promise<Pipeline> {
    const { edge, cloud } = await clusters();
    const [partitions, laneGroups] = [1, 1];
    return Pipeline.create({ name, process: "copy", source: edge, destination: cloud, partitions, laneGroups });
  }

  it("blocks before a checkpoint that cannot be read, and names its place", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await pipelineOf("unreadable");
    const { config, sourceStream } = pipeline;
    await feed(edge, { topic: sourceStream.topic, partitions: 1, count: 10, size: 100 });
    await whileStageRuns(config, () => pipeline.untilDrained());
    const key = checkpointKey(config.stage, 0);
    await withProducer(cloud.client(), (send) =>
      send(config.checkpointTopic, [{ key, value: Buffer.from('{"version":7}'), partition: 0 }]),
    );
    await whileStageRuns(config, async (stage) => {
      const { reason } = await stage.untilLine("is blocked", ({ to }) => to === "blocked", 0);
      assert.match(
        reason!,
        /checkpoint .*unreadable.*\/0 at offset \d+, key unreadable\/0 cannot be read: \{"version":7\}/,
      );
      assert.equal((await stage.get("/healthz")).status, 200);
    });
  });

  it("blocks before another cluster than the one that its stream is to be written to", async () => {
    const { config } = await pipelineOf("elsewhere");
    await whileStageRuns({ ...config, to: { ...config.to, clusterId: "another" } }, async (stage) => {
      const { reason } = await stage.untilLine("is blocked", ({ to }) => to === "blocked", 0);
      assert.match(reason!, /brokers of cloud are those of a cluster with the id .*, the configuration says another/);
    });
  });

  it("joins no group of another cluster than the one that it is to read, says why it is not ready, and is not restarted for it", async () => {
    const { config } = await pipelineOf("astray");
    await whileStageRuns({ ...config, from: { ...config.from!, clusterId: "another" } }, async (stage) => {
      await until(
        "the copy says why it is not ready",
        async () => {
          const { status, text } = await stage.get("/readyz");
          assert.equal(status, 503);
          assert.match(text, /not a member .*: the brokers of edge are those of a cluster with the id/);
        },
        { within: 300, every: 0.2 },
      );
      let longest = 0;
      await until(
        "an answer ends the silence that liveness goes by",
        async () => {
          const { text } = await stage.get("/healthz");
          const silence = Number(/the group answered (\d+) s ago/.exec(text)![1]);
          longest = Math.max(longest, silence);
          assert.ok(silence < longest, text);
        },
        { within: 300, every: 0.2 },
      );
    });
  });
});
