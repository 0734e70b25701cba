import assert from "node:assert/strict";
import { stageGroup } from "../../core/naming";
import { until } from "../../core/wait";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { LocalKafka, type LocalKafkaOptions } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

/** Ids and producers are forgotten after seconds, as after seven days. */
const quickExpiry = {
  "transactional.id.expiration.ms": "2000",
  "transaction.remove.expired.transaction.cleanup.interval.ms": "500",
  "producer.id.expiration.ms": "2000",
  "producer.id.expiration.check.interval.ms": "500",
};

/** Symptoms that others' stages have had (facts/kafka.md 5). The others have files of their own: docs/exactly-once.md has the list. */
describe("known faults of others", function () {
  this.timeout(600_000);
  const partitions = 2;

  before(buildStage);

  // B6
  it("stage dead for ever after its transactional id expired while it was idle (micronaut-kafka#542)", () =>
    withStage({ name: "expiry", properties: quickExpiry }, async ({ kafka, pipeline, stage }) => {
      await feedInto(kafka, pipeline);
      await pipeline.untilDrained();
      await until(
        "the stage meets an expired transactional id",
        async () => {
          await feedInto(kafka, pipeline);
          const reasons = stage.lines.filter(({ to }) => to === "rebuilding").map(({ reason }) => reason);
          if (!reasons.some((reason) => /INVALID_PRODUCER_ID_MAPPING/.test(reason ?? "")))
            throw new Error(`rebuilt because of ${JSON.stringify(reasons)}`);
        },
        { within: 120, every: 5 },
      );
    }));

  // B5
  it("whole source processed again after the group's offsets expired (librdkafka#1442): the group stores none", () =>
    withStage({ name: "offsets" }, async ({ kafka, pipeline, stage }) => {
      await feedInto(kafka, pipeline);
      await pipeline.untilDrained();
      await stage.end("SIGTERM");
      const groupId = stageGroup("test", "offsets");
      await kafka.withAdmin(async (admin) => {
        const stored = (await admin.fetchOffsets({ groupId })).flatMap(({ partitions: all }) => all);
        assert.deepEqual(
          stored.filter(({ offset }) => offset !== "-1"),
          [],
        );
        // As an outage longer than offsets.retention.minutes does, and more.
        await admin.deleteGroups([groupId]);
      });
      const again = new StageProcess({ config: pipeline.config });
      try {
        await feedInto(kafka, pipeline);
        await pipeline.untilDrained();
      } finally {
        await again.end("SIGTERM");
      }
    }));

  // B19; a host that drops what comes: test/kafka/silentHost.test.ts, and ./scripts/faults on the lab's hosts.
  it("producer hangs on a connection that swallows everything (kafkajs#919)", async () => {
    const links = await Toxiproxy.start();
    const stagesThrough = (broker: number, port: number) => links.listen(`silent-${broker}`, port);
    try {
      await withStage({ name: "silent", stagesThrough }, async ({ kafka, pipeline, stage }) => {
        await feedInto(kafka, pipeline);
        await pipeline.untilDrained();
        await links.poisonBothWays("silent-1", { type: "timeout", attributes: { timeout: 0 } });
        const before = stage.lines.length;
        await feedInto(kafka, pipeline);
        await stage.untilLine("gives the silent connection up", ({ to }) => to === "rebuilding", before, 120);
        await links.heal();
      });
    } finally {
      await links.stop();
    }
  });

  /** A stage that copies within a cluster of one broker; at the end everything must have arrived, once and in order. */
  async function withStage(
    options: LocalKafkaOptions,
    use: (parts: { kafka: LocalKafka; pipeline: Pipeline; stage: StageProcess }) => Promise<void>,
  ): Promise<void> {
    const kafka = await LocalKafka.start({ ...options, brokers: 1 });
    try {
      const { name } = options;
      const pipeline = await Pipeline.create({
        name,
        process: "copy",
        source: kafka,
        destination: kafka,
        partitions,
        laneGroups: 1,
      });
      const stage = new StageProcess({ config: pipeline.config });
      try {
        await use({ kafka, pipeline, stage });
        await pipeline.untilDrained();
      } finally {
        await stage.end("SIGTERM");
      }
      const verdict = await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
      assert.ok(verdict.source > 0);
      assertExact(verdict, verdict.source);
    } finally {
      await kafka.stop();
    }
  }

  function feedInto(kafka: LocalKafka, pipeline: Pipeline): Promise<void> {
    return feed(kafka, { topic: pipeline.sourceStream.topic, partitions, count: 20, size: 500 });
  }
});
