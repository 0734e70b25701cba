import assert from "node:assert/strict";
import { stageGroup } from "../../core/naming";
import { until } from "../../core/wait";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

/** Symptoms that others' stages have had (facts/kafka.md 5); where another file has the test, it is named there after what happens. */
describe("known faults of others", function () {
  this.timeout(600_000);
  const partitions = 2;

  it("stage dead for ever after its transactional id expired while it was idle (micronaut-kafka#542)", async () => {
    const kafka = await LocalKafka.start({
      name: "expiry",
      brokers: 1,
      properties: {
        "transactional.id.expiration.ms": "2000",
        "transaction.remove.expired.transaction.cleanup.interval.ms": "500",
        "producer.id.expiration.ms": "2000",
        "producer.id.expiration.check.interval.ms": "500",
      },
    });
    try {
      const pipeline = await pipelineOn(kafka, kafka, "expiry");
      const stage = new StageProcess({ config: pipeline.config });
      try {
        await feedInto(kafka, pipeline, 20);
        await pipeline.untilDrained();
        await until(
          "the stage meets an expired transactional id",
          async () => {
            await feedInto(kafka, pipeline, 2);
            const reasons = stage.lines.filter(({ to }) => to === "rebuilding").map(({ reason }) => reason);
            if (!reasons.some((reason) => /INVALID_PRODUCER_ID_MAPPING/.test(reason ?? "")))
              throw new Error(`rebuilt because of ${JSON.stringify(reasons)}`);
          },
          { within: 120, every: 5 },
        );
        await pipeline.untilDrained();
      } finally {
        await stage.end("SIGTERM");
      }
      await assertAllExact(pipeline);
    } finally {
      await kafka.stop();
    }
  });

  it("whole source processed again after the group's offsets expired (librdkafka#1442): the group stores none", async () => {
    const kafka = await LocalKafka.start({ name: "offsets", brokers: 1 });
    try {
      const pipeline = await pipelineOn(kafka, kafka, "offsets");
      const stage = new StageProcess({ config: pipeline.config });
      await feedInto(kafka, pipeline, 20);
      await pipeline.untilDrained();
      await stage.end("SIGTERM");
      const groupId = stageGroup("test", "offsets");
      await kafka.withAdmin(async (admin) => {
        const stored = await admin.fetchOffsets({ groupId });
        assert.deepEqual(
          stored.flatMap(({ partitions: all }) => all).filter(({ offset }) => offset !== "-1"),
          [],
        );
        // As an outage longer than offsets.retention.minutes does, and more.
        await admin.deleteGroups([groupId]);
      });
      const again = new StageProcess({ config: pipeline.config });
      await feedInto(kafka, pipeline, 20);
      await pipeline.untilDrained();
      await again.end("SIGTERM");
      await assertAllExact(pipeline);
    } finally {
      await kafka.stop();
    }
  });

  it("producer hangs on a connection that swallows everything (kafkajs#919)", async () => {
    const links = await Toxiproxy.start();
    const kafka = await LocalKafka.start({
      name: "silent",
      brokers: 1,
      stagesThrough: (broker, port) => links.listen(`silent-${broker}`, port),
    });
    try {
      const pipeline = await pipelineOn(kafka, kafka, "silent");
      const stage = new StageProcess({ config: pipeline.config });
      try {
        await feedInto(kafka, pipeline, 20);
        await pipeline.untilDrained();
        for (const stream of ["upstream", "downstream"] as const)
          await links.poison("silent-1", stream, { type: "timeout", attributes: { timeout: 0 } });
        const before = stage.lines.length;
        await feedInto(kafka, pipeline, 20);
        await stage.untilLine("gives the silent connection up", ({ to }) => to === "rebuilding", before, 120);
        await links.heal();
        await pipeline.untilDrained();
      } finally {
        await stage.end("SIGTERM");
      }
      await assertAllExact(pipeline);
    } finally {
      await kafka.stop();
      await links.stop();
    }
  });

  function pipelineOn(source: LocalKafka, destination: LocalKafka, name: string): Promise<Pipeline> {
    return Pipeline.create({ name, process: "copy", source, destination, partitions, laneGroups: 1 });
  }

  function feedInto(kafka: LocalKafka, pipeline: Pipeline, count: number): Promise<void> {
    return feed(kafka, { topic: pipeline.sourceStream.topic, partitions, count, size: 500 });
  }

  async function assertAllExact(pipeline: Pipeline): Promise<void> {
    const verdict = await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
    assert.ok(verdict.source > 0);
    assertExact(verdict, verdict.source);
  }
});
