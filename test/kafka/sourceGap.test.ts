import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

describe("a source that no longer holds what the checkpoint says", function () {
  this.timeout(600_000);

  it("blocks the lane loudly where records were deleted unread, until the loss is accepted", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "gap",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions: 1,
      laneGroups: 1,
    });
    const { topic } = pipeline.sourceStream;
    const run = async (accept: boolean, use: (stage: StageProcess) => Promise<void>) => {
      const stage = new StageProcess({ config: { ...pipeline.config, ...(accept && { acceptLoss: true }) } });
      try {
        await use(stage);
      } finally {
        assert.equal(await stage.end("SIGTERM"), 0);
      }
    };
    await feed(edge, { topic, partitions: 1, count: 10, size: 100 });
    await run(false, () => pipeline.untilDrained());
    await feed(edge, { topic, partitions: 1, count: 20, size: 100 });
    await edge.withAdmin(async (admin) => {
      await admin.fetchTopicMetadata({ topics: [topic] }); // else kafkajs does not know where to send the next one
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "25" }] });
    });

    await run(false, async (stage) => {
      const { reason } = await stage.untilLine("is blocked", ({ to }) => to === "blocked", 0);
      assert.match(
        reason!,
        /gap-in, partition 0: 15 records \(10 to 24\) were deleted before this stage read them; set acceptLoss/,
      );
      const ready = await stage.get("/readyz");
      assert.equal(ready.status, 503);
      assert.match(ready.text, /lane group 0 is blocked: .*15 records/);
      assert.equal((await stage.get("/healthz")).status, 200);
    });
    await run(true, async (stage) => {
      await pipeline.untilDrained();
      assert.match((await stage.get("/metrics")).text, /iotef_stage_lost_records_total\{lane="0"\} 15/);
    });
    const { records, doubled, damaged } = await auditStream({
      source: pipeline.sourceStream,
      destination: pipeline.destinationStream,
    });
    assert.deepEqual({ records, doubled, damaged }, { records: 15, doubled: 0, damaged: 0 });
  });

  it("counts an accepted loss once: when the position behind it is committed", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "counted",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions: 1,
      laneGroups: 1,
    });
    const { topic } = pipeline.sourceStream;
    const run = async (use: (stage: StageProcess) => Promise<void>) => {
      const stage = new StageProcess({ config: { ...pipeline.config, acceptLoss: true } });
      try {
        await use(stage);
      } finally {
        assert.equal(await stage.end("SIGTERM"), 0);
      }
    };
    const lost = async (stage: StageProcess) => {
      const { text } = await stage.get("/metrics");
      return [...text.matchAll(/^iotef_stage_lost_records_total\{lane="0"\} (\d+)$/gm)].map(([, records]) =>
        Number(records),
      );
    };
    await feed(edge, { topic, partitions: 1, count: 10, size: 100 });
    await run(() => pipeline.untilDrained());
    await feed(edge, { topic, partitions: 1, count: 20, size: 100 });
    await edge.withAdmin(async (admin) => {
      await admin.fetchTopicMetadata({ topics: [topic] }); // else kafkajs does not know where to send the next one
      await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset: "30" }] });
    });

    await run(async (stage) => {
      await stage.untilRunning();
      assert.deepEqual(await lost(stage), [], "nothing has come that it could be committed with");
    });
    await run(async (stage) => {
      await stage.untilRunning();
      await feed(edge, { topic, partitions: 1, count: 5, size: 100 });
      await pipeline.untilDrained();
      await until("the loss is counted", async () => assert.deepEqual(await lost(stage), [20]), {
        within: 300,
        every: 0.2,
      });
    });
    await run(async (stage) => {
      await stage.untilRunning();
      assert.deepEqual(await lost(stage), [], "it is behind the checkpoint now");
    });
  });

  it("blocks the lane where the stream was deleted and made again under its name", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "again",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions: 1,
      laneGroups: 1,
    });
    const { topic } = pipeline.sourceStream;
    await feed(edge, { topic, partitions: 1, count: 10, size: 100 });
    const first = new StageProcess({ config: pipeline.config });
    try {
      await pipeline.untilDrained();
    } finally {
      await first.end("SIGTERM");
    }
    await edge.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
    await edge.createTopics([{ topic, numPartitions: 1 }]);
    await feed(edge, { topic, partitions: 1, count: 30, size: 100 });
    const second = new StageProcess({ config: pipeline.config });
    try {
      const { reason } = await second.untilLine("is blocked", ({ to }) => to === "blocked", 0);
      assert.match(reason!, /stream again-in was deleted and made again/);
    } finally {
      assert.equal(await second.end("SIGTERM"), 0);
    }
  });
});
