import assert from "node:assert/strict";
import { formatCoordinates, headers } from "../../core/contract/headers";
import { findJdk } from "../../scripts/auditCommand/findJava";
import { runAudit } from "../../scripts/auditCommand/runAudit";
import { renderVerdict, sumVerdict, type Verdict } from "../../scripts/auditCommand/verdict";
import { findKafkaDist } from "../support/kafkaDist";
import { withProducer, type FedMessage } from "../support/feed";
import { LocalKafka } from "../support/localKafka";

/** Streams as a stage would leave them, made by hand, so that what is wrong in them is known. */
describe("audit", function () {
  this.timeout(600_000);
  let kafka: LocalKafka;
  before(async () => {
    kafka = await LocalKafka.start({ name: "audit", brokers: 1 });
  });
  after(() => kafka.stop());

  interface Streams {
    name: string;
    /** Records in each of the two source partitions. */
    records: number;
    /** Source offsets, in the order in which they stand in the output, by partition. */
    output: [number[], number[]];
    checkpoint: [number, number];
    deadLetters?: number[];
  }

  const source = (name: string, partition: number, offset: number) =>
    formatCoordinates({ clusterId: kafka.clusterId, topic: `${name}-in`, partition, offset: BigInt(offset) });
  const outputOf = (name: string, partition: number, offset: number, part = "0/1"): FedMessage => ({
    partition,
    value: Buffer.alloc(1000),
    headers: { [headers.coordinates]: source(name, partition, offset), [headers.part]: part },
  });

  async function make({ name, records, output, checkpoint, deadLetters = [] }: Streams): Promise<void> {
    await kafka.createTopics([
      { topic: `${name}-in`, numPartitions: 2 },
      { topic: `${name}-out`, numPartitions: 2 },
      { topic: `${name}-checkpoints`, numPartitions: 2 },
      { topic: `${name}-dead`, numPartitions: 2 },
    ]);
    await withProducer(kafka.client(), async (send) => {
      const all = [0, 1].flatMap((partition) =>
        Array.from({ length: records }, () => ({ partition, value: Buffer.alloc(1000) })),
      );
      await send(`${name}-in`, all);
      for (const partition of [0, 1] as const)
        await send(
          `${name}-out`,
          output[partition].map((offset) => outputOf(name, partition, offset)),
        );
      await send(
        `${name}-checkpoints`,
        checkpoint.map((at, group) => ({
          partition: group,
          key: `s/${group}`,
          value: checkpointText(name, group, at),
        })),
      );
      await send(
        `${name}-dead`,
        deadLetters.map((offset) => outputOf(name, 0, offset)),
      );
    });
  }

  const checkpointText = (name: string, lane: number, at: number) =>
    JSON.stringify({
      version: 1,
      positions: { [`${kafka.clusterId}/${name}-in`]: { [lane]: String(at) }, "other/topic": { [lane]: "999" } },
    });

  async function audit(
    name: string,
    settle = false,
    onProgress: (line: string) => void = () => undefined,
    stuckMs?: number,
  ): Promise<Verdict> {
    const { bootstrapServers } = kafka;
    const lines = await runAudit(
      { java: findJdk(), libsDir: findKafkaDist().libsDir },
      {
        source: { bootstrapServers, topic: `${name}-in`, clusterId: kafka.clusterId },
        destination: { bootstrapServers, topic: `${name}-out` },
        checkpointTopic: `${name}-checkpoints`,
        deadLetterTopic: `${name}-dead`,
        settle,
        stuckMs,
      },
      onProgress,
    );
    return sumVerdict({ stage: name, from: "in", to: "out" }, lines, settle);
  }

  const counts = ({ compared, lost, doubled, outOfOrder, invented, deadLetters, onItsWay, ok }: Verdict) => ({
    ...{ compared, lost, doubled, outOfOrder, invented, deadLetters, onItsWay, ok },
  });
  const clean = { lost: 0, doubled: 0, outOfOrder: 0, invented: 0, deadLetters: 0, onItsWay: 0, ok: true };
  const upTo = (end: number, start = 0) => Array.from({ length: end - start }, (_, n) => n + start);

  it("finds nothing wrong where each record is there once and in order", async () => {
    await make({ name: "good", records: 50, output: [upTo(50), upTo(50)], checkpoint: [50, 50] });
    assert.deepEqual(counts(await audit("good")), { ...clean, compared: 100 });
  });

  it("does not call lost what the stage has not passed yet, nor what became a dead letter", async () => {
    const output: Streams["output"] = [upTo(40).filter((n) => n !== 7), upTo(50)];
    await make({ name: "tail", records: 50, output, checkpoint: [40, 50], deadLetters: [7] });
    assert.deepEqual(counts(await audit("tail")), { ...clean, compared: 90, deadLetters: 1, onItsWay: 10 });
  });

  it("counts each kind of fault, and says where the first one is", async () => {
    const output: Streams["output"] = [
      [0, 1, 1, 3, 2, 5],
      [0, 1, 2, 3, 4, 5, 77],
    ];
    await make({ name: "bad", records: 6, output, checkpoint: [6, 6] });
    // Beyond the source's end is new, not invented; 4 is missing, 1 is there twice, 2 comes after 3.
    const verdict = await audit("bad");
    assert.deepEqual(counts(verdict), { ...clean, compared: 12, lost: 1, doubled: 1, outOfOrder: 1, ok: false });
    assert.match(
      renderVerdict(verdict),
      /partition 0: first doubled at source offset 1\nNOT exactly once: 1 lost, 1 doubled, 1 out of order of 12/,
    );
  });

  it("leaves aborted transactions, expired source records and another stream's records out of the account", async () => {
    await make({ name: "past", records: 20, output: [upTo(20), upTo(20)], checkpoint: [20, 20] });
    await kafka.withAdmin(async (admin) => {
      // kafkajs knows a topic's leaders only after it was asked about it.
      await admin.fetchTopicOffsets("past-in");
      await admin.deleteTopicRecords({ topic: "past-in", partitions: [{ partition: 0, offset: "5" }] });
    });
    const producer = kafka
      .client()
      .producer({ transactionalId: "audit-test", maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const transaction = await producer.transaction();
    await transaction.send({ topic: "past-out", messages: upTo(20).map((n) => outputOf("past", 0, n)) });
    await transaction.abort();
    await producer.disconnect();
    await withProducer(kafka.client(), (send) => send("past-out", [outputOf("elsewhere", 1, 3)]));
    const verdict = await audit("past");
    assert.deepEqual(counts(verdict), { ...clean, compared: 35 });
    assert.equal(verdict.otherSource, 1);
  });

  it("wants every part of a record that became several", async () => {
    await make({ name: "parts", records: 3, output: [[], upTo(3)], checkpoint: [3, 3] });
    const parts = [
      [0, "0/2"],
      [0, "1/2"],
      [1, "0/2"],
      [2, "0/2"],
      [2, "1/2"],
    ] as const;
    await withProducer(kafka.client(), (send) =>
      send(
        "parts-out",
        parts.map(([offset, part]) => outputOf("parts", 0, offset, part)),
      ),
    );
    const verdict = await audit("parts");
    assert.deepEqual(counts(verdict), { ...clean, compared: 6, lost: 1, ok: false });
    assert.equal(verdict.lanes[0]!.example, "lost in part at source offset 1");
  });

  it("waits with --settle until the stage has passed what was there", async () => {
    await make({ name: "late", records: 10, output: [upTo(10), upTo(4)], checkpoint: [10, 4] });
    let told = false;
    const verdict = await audit("late", true, () => {
      if (told) return;
      told = true;
      void withProducer(kafka.client(), async (send) => {
        await send(
          "late-out",
          upTo(10, 4).map((offset) => outputOf("late", 1, offset)),
        );
        await send("late-checkpoints", [{ partition: 1, key: "s/1", value: checkpointText("late", 1, 10) }]);
      });
    });
    assert.ok(told);
    assert.deepEqual(counts(verdict), { ...clean, compared: 20 });
    assert.equal(verdict.stuck, false);
  });

  it("says with --settle which lanes stand still and what they may stand before", async () => {
    await make({ name: "stuck", records: 10, output: [upTo(10), upTo(4)], checkpoint: [10, 4] });
    const producer = kafka.client().producer({ transactionalId: "stuck", maxInFlightRequests: 1, idempotent: true });
    await producer.connect();
    const open = await producer.transaction();
    await open.send({ topic: "stuck-checkpoints", messages: [{ partition: 1, key: "s/1", value: "{}" }] });
    const said: string[] = [];
    const verdict = await audit("stuck", true, (line) => said.push(line), 2000);
    await open.abort();
    await producer.disconnect();
    assert.equal(verdict.stuck, true);
    assert.match(renderVerdict(verdict), /NOT SETTLED: the stage stands still before 6 records; 0 lost/);
    const text = said.join("\n");
    assert.match(text, /^partition 1 stands at 4 of 10, its last checkpoint: \{"version":1.*"1":"4"/m);
    assert.doesNotMatch(text, /^partition 0 stands/m);
    assert.match(text, /^stuck-checkpoints-1: a transaction is open from offset 1 on; the log ends at 2$/m);
  });
});
