import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { whileStageRuns, type StageProcess } from "../support/stageProcess";

/** A stream, and its stage of one lane group, to be run with the loss accepted or not. Records are deleted from lane 0. */
async function scene(name: string, partitions = 1) {
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
  return {
    edge,
    pipeline,
    feedIn: (count: number) => feed(edge, { topic, partitions, count, size: 100 }),
    run: (accept: boolean, use: (stage: StageProcess) => Promise<void>) =>
      whileStageRuns({ ...pipeline.config, ...(accept && { acceptLoss: true }) }, use),
    makeAnew: async () => {
      await edge.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
      await edge.createTopics([{ topic, numPartitions: partitions }]);
    },
    deleteUpTo: (offset: string) =>
      edge.withAdmin(async (admin) => {
        await admin.fetchTopicMetadata({ topics: [topic] }); // else kafkajs does not know where to send the next one
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
      }),
  };
}

/** The records that it says are lost, by lane; none where it says nothing of it. */
async function lost(stage: StageProcess): Promise<Record<string, number>> {
  return (await stage.scrape()).by("iotef_stage_lost_records_total", "lane");
}

/** Why the stage says that lane 0 is blocked, each time that it does. */
function reasonsOf({ lines }: StageProcess): (string | undefined)[] {
  return lines.filter(({ msg, level }) => msg === "lane 0 is blocked" && level === "error").map(({ reason }) => reason);
}

async function untilBlocked(stage: StageProcess): Promise<void> {
  await stage.untilLine("lane 0 is blocked", () => reasonsOf(stage).length > 0, 0, 300);
}

/** A commit can be seen before the stage has its answer. */
async function untilLost(stage: StageProcess, records: number): Promise<void> {
  await until("the loss is counted", async () => assert.equal((await lost(stage))[0], records), {
    within: 300,
    every: 0.2,
  });
}

/** B4 (facts/kafka.md 5). */
describe("a source that no longer holds what the checkpoint says: a gap that nobody hears of (apache/kafka#20513)", function () {
  this.timeout(600_000);

  it("blocks the lane loudly where records were deleted unread, until the loss is accepted", async () => {
    const { pipeline, feedIn, run, deleteUpTo } = await scene("gap");
    await feedIn(10);
    await run(false, () => pipeline.untilDrained());
    await feedIn(20);
    await deleteUpTo("25");

    await run(false, async (stage) => {
      await untilBlocked(stage);
      assert.match(
        reasonsOf(stage)[0]!,
        /gap-in, partition 0: 15 records \(10 to 24\) were deleted before this stage read them; set acceptLoss/,
      );
      const ready = await stage.get("/readyz");
      assert.equal(ready.status, 503);
      assert.match(ready.text, /lane 0 is blocked: .*15 records/);
      assert.equal((await stage.get("/healthz")).status, 200);
    });
    await run(true, async (stage) => {
      await pipeline.untilDrained();
      await untilLost(stage, 15);
    });
    const { records, doubled, damaged } = await auditStream({
      source: pipeline.sourceStream,
      destination: pipeline.destinationStream,
    });
    assert.deepEqual({ records, doubled, damaged }, { records: 15, doubled: 0, damaged: 0 });
  });

  it("blocks no other lane, and keeps its position, until the loss is accepted", async () => {
    const { pipeline, feedIn, run, deleteUpTo } = await scene("aside", 2);
    await feedIn(10);
    await run(false, () => pipeline.untilDrained());
    await feedIn(20);
    await deleteUpTo("12");

    // The second copy has it from the first one's checkpoint.
    for (const copy of ["first", "second"])
      await run(false, async (stage) => {
        await untilBlocked(stage);
        await feedIn(10);
        await pipeline.untilDrained(300, [1]);
        assert.equal((await pipeline.positions()).get(0), 5n, `by the ${copy} copy's checkpoint`);
        const ready = await stage.get("/readyz");
        assert.equal(ready.status, 503);
        assert.match(ready.text, /lane 0 is blocked: stream aside-in, partition 0: 7 records \(5 to 11\)/);
        const { text } = await stage.get("/metrics");
        assert.deepEqual(text.match(/^iotef_stage_lane_blocked.*$/gm), ['iotef_stage_lane_blocked{lane="0"} 1']);
        await until("only lane 1 has a lag", async () => assert.deepEqual(await stage.lag(), { 1: 0 }), {
          within: 300,
          every: 0.2,
        });
        assert.equal(reasonsOf(stage).length, 1);
        const begun = stage.lines.filter(({ to }) => to === "running");
        assert.equal(begun.length, 1, "the group never began anew");
      });
    await run(true, async (stage) => {
      await pipeline.untilDrained();
      await untilLost(stage, 7);
      assert.equal((await stage.get("/readyz")).status, 200);
    });
    const { records, lost, doubled, outOfOrder, damaged } = await auditStream({
      source: pipeline.sourceStream,
      destination: pipeline.destinationStream,
    });
    assert.deepEqual(
      { records, lost, doubled, outOfOrder, damaged },
      { records: 43, lost: 0, doubled: 0, outOfOrder: 0, damaged: 0 },
    );
  });

  it("counts an accepted loss once: when the position behind it is committed", async () => {
    const { pipeline, feedIn, run, deleteUpTo } = await scene("counted");
    await feedIn(10);
    await run(true, () => pipeline.untilDrained());
    await feedIn(20);
    await deleteUpTo("30");

    await run(true, async (stage) => {
      await stage.untilRunning();
      assert.equal((await lost(stage))[0], 0, "nothing has come that it could be committed with");
    });
    await run(true, async (stage) => {
      await stage.untilRunning();
      await feedIn(5);
      await pipeline.untilDrained();
      await untilLost(stage, 20);
    });
    await run(true, async (stage) => {
      await stage.untilRunning();
      assert.equal((await lost(stage))[0], 0, "it is behind the checkpoint now");
    });
  });

  it("blocks the lane where the stream was deleted and made again under its name", async () => {
    const { pipeline, feedIn, run, makeAnew } = await scene("again");
    await feedIn(10);
    await run(false, () => pipeline.untilDrained());
    await makeAnew();
    await feedIn(30);
    await run(false, async (stage) => {
      const { reason } = await stage.untilLine("is blocked", ({ to }) => to === "blocked", 0);
      assert.match(reason!, /stream again-in was deleted and made again/);
    });
  });

  it("blocks it too where the stage read another stream in between", async () => {
    const { edge, pipeline, feedIn, run, makeAnew } = await scene("back");
    await feedIn(10);
    await run(false, () => pipeline.untilDrained());
    const other = { ...pipeline.config.from!, topic: "back-other" };
    await edge.createTopics([{ topic: other.topic, numPartitions: 1 }]);
    await whileStageRuns({ ...pipeline.config, from: other }, (between) => between.untilRunning());
    await makeAnew();
    await feedIn(30);
    await run(false, async (stage) => {
      const { reason } = await stage.untilLine("is blocked", ({ to }) => to === "blocked", 0);
      assert.match(reason!, /stream back-in was deleted and made again/);
    });
  });

  it("reads nothing of a stream that was made again while the stage stood still", async () => {
    const { pipeline, feedIn, run, makeAnew } = await scene("meanwhile");
    await feedIn(10);
    await run(false, async (stage) => {
      await pipeline.untilDrained();
      stage.signal("SIGSTOP");
      await makeAnew();
      await feedIn(30);
      stage.signal("SIGCONT");
      const { reason } = await stage.untilLine("is blocked", ({ to }) => to === "blocked", 0, 300);
      assert.match(reason!, /stream meanwhile-in was deleted and made again/);
      assert.deepEqual(await pipeline.positions(), new Map([[0, 10n]]));
    });
  });
});
