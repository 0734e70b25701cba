import assert from "node:assert/strict";
import { readFileSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../../core/wait";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { buildStage, whileStageRuns, type StageProcess } from "../support/stageProcess";

const partitions = 2;
/** Records of each lane that stand in one batch. The second one of lane 0 is spoilt. */
const batch = 5;
const spoilt = BigInt(batch);

describe("a batch that cannot be read", function () {
  this.timeout(1_800_000);
  /** Source and destination: nothing here is about their difference. */
  let kafka: LocalKafka;

  before(async () => {
    buildStage();
    kafka = await LocalKafka.start({ name: "spoilt" });
  });
  after(() => kafka?.stop());

  it("blocks its lane alone, until a broker leads it that has the batch whole", async () => {
    const [first, second, third] = kafka.brokerIds as [number, number, number];
    const { pipeline, topic, feedBatch } = await scene("copied", [
      [first, second, third],
      [third, second, first],
    ]);
    for (let n = 0; n < 3; n++) await feedBatch();
    await spoil(first, topic);
    // The next one in the order of the replicas leads.
    await kafka.signalBroker(second, "SIGTERM");
    await untilLedBy(topic, first);
    kafka.startBroker(second);
    await kafka.untilHealthy();

    await whileStageRuns(pipeline.config, async (stage) => {
      const reason = await untilBlocked(stage);
      assert.match(
        reason,
        /^stream copied-in, partition 0: what stands at offset 5 cannot be read, as broker 1 sends it: record batch of offsets 5 to 9: wrong checksum; let another broker lead/,
      );
      await feedBatch();
      await pipeline.untilDrained(300, [1]);
      assert.equal((await pipeline.positions()).get(0), spoilt, "what stands before it is processed");
      const ready = await stage.get("/readyz");
      assert.equal(ready.status, 503);
      assert.match(ready.text, /lane 0 is blocked: stream copied-in, partition 0: what stands at offset 5/);
      assert.equal((await stage.get("/healthz")).status, 200);
      assert.equal(stage.lines.filter(({ to }) => to === "running").length, 1, "the group never began anew");

      await kafka.signalBroker(first, "SIGTERM");
      await pipeline.untilDrained(300);
      await until("the copy is ready", async () => assert.equal((await stage.get("/readyz")).status, 200), {
        within: 300,
        every: 0.2,
      });
    });
    assertExact(await auditOf(pipeline), 4 * batch * partitions);
    kafka.startBroker(first);
    await kafka.untilHealthy();
  });

  it("is passed over where its records were deleted and their loss is accepted, and counted", async () => {
    const [, second, third] = kafka.brokerIds as [number, number, number];
    const { pipeline, topic, feedBatch } = await scene("single", [[second], [third]]);
    for (let n = 0; n < 3; n++) await feedBatch();
    await spoil(second, topic);
    await kafka.untilHealthy();

    await whileStageRuns({ ...pipeline.config, acceptLoss: true }, async (stage) => {
      await untilBlocked(stage);
      await pipeline.untilDrained(300, [1]);
      assert.equal((await pipeline.positions()).get(0), spoilt, "nobody has given the records up");
      await kafka.withAdmin(async (admin) => {
        await admin.fetchTopicMetadata({ topics: [topic] }); // else kafkajs does not know where to send the next one
        const offset = String(2 * batch);
        await admin.deleteTopicRecords({ topic, partitions: [{ partition: 0, offset }] });
      });
      await pipeline.untilDrained(300);
      const counted = async () => {
        const { text } = await stage.get("/metrics");
        assert.match(text, /^iotef_stage_lost_records_total\{lane="0"\} 5$/m);
        assert.doesNotMatch(text, /^iotef_stage_lane_blocked/m);
      };
      await until("the loss is counted", counted, { within: 300, every: 0.2 });
    });
    const { records, lost, doubled, outOfOrder, damaged } = await auditOf(pipeline);
    assert.deepEqual(
      { records, lost, doubled, outOfOrder, damaged },
      { records: 3 * batch * partitions - batch, lost: 0, doubled: 0, outOfOrder: 0, damaged: 0 },
    );
  });

  /** A stage whose source has these replicas, and what feeds each of its lanes a batch. */
  async function scene(name: string, replicas: number[][]) {
    const pipeline = await Pipeline.create({
      name,
      process: "copy",
      source: kafka,
      destination: kafka,
      partitions,
      laneGroups: 1,
    });
    const { topic } = pipeline.sourceStream;
    await kafka.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
    const replicaAssignment = replicas.map((ids, partition) => ({ partition, replicas: ids }));
    await kafka.createTopics([{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }]);
    const feedBatch = () => feed(kafka, { topic, partitions, count: batch * partitions, size: 200 });
    return { pipeline, topic, feedBatch };
  }

  /** The disk of a broker gives back another byte than it was given, in a record's value. The broker has been stopped in order, so it looks through nothing when it starts. */
  async function spoil(broker: number, topic: string): Promise<void> {
    await kafka.signalBroker(broker, "SIGTERM");
    const file = path.join(kafka.dataDirOf(broker), `${topic}-0`, `${"0".repeat(20)}.log`);
    const bytes = readFileSync(file);
    let at = 0;
    while (bytes.readBigInt64BE(at) !== spoilt) at += 12 + bytes.readInt32BE(at + 8);
    bytes[at + 12 + bytes.readInt32BE(at + 8) - 50]! ^= 1;
    writeFileSync(file, bytes);
    kafka.startBroker(broker);
    await kafka.untilHealthy();
  }

  async function untilLedBy(topic: string, broker: number): Promise<void> {
    const isLed = () =>
      kafka.withAdmin(async (admin) => {
        const { partitions: found } = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!;
        assert.equal(found.find(({ partitionId }) => partitionId === 0)!.leader, broker);
      });
    await until(`broker ${broker} leads ${topic}/0`, isLed, { within: 300, every: 0.2 });
  }

  async function untilBlocked(stage: StageProcess): Promise<string> {
    const isTold = ({ msg, level }: { msg?: string; level?: string }) =>
      msg === "lane 0 is blocked" && level === "error";
    return (await stage.untilLine("lane 0 is blocked", isTold, 0, 300)).reason!;
  }

  function auditOf(pipeline: Pipeline) {
    return auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
  }
});
