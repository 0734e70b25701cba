import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import path from "node:path";
import type { StageConfig } from "../../core/contract/stageConfig";
import { transactionalId } from "../../core/naming";
import { until } from "../../core/wait";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { TransactionWriter } from "../../workloads/stage/kafka/writer";
import { withProducer } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { Pipeline, readRecords, type ReadRecord } from "../support/pipeline";
import type { Scrape } from "../support/scrape";
import { buildStage, StageProcess, type LogLine } from "../support/stageProcess";

const generously = { within: 300, every: 0.2 };
const prefix = "iotef_stage_";
/** Of each record that is fed. */
const [keyBytes, valueBytes] = [4, 100];

describe("the metrics of a stage", function () {
  this.timeout(900_000);
  let kafka: LocalKafka;

  before(async () => {
    buildStage();
    kafka = await LocalKafka.start({ name: "metrics", brokers: 1 });
  });
  after(() => kafka?.stop());

  it("count what is committed, once, and each fence and rebuild", async () => {
    const pipeline = await pipelineOf("counted", "picky");
    const { config } = pipeline;
    const fed = [0, 0];
    const send = async (lane: number, ...beginnings: string[]) => {
      const messages = beginnings.map((beginning) => ({
        value: beginning.padEnd(valueBytes, "."),
        key: "k".repeat(keyBytes),
        partition: lane,
      }));
      await withProducer(kafka.client(), (produce) => produce(config.from!.topic, messages));
      fed[lane]! += messages.length;
    };
    await send(0, ...times(20, "good"), "bad 1", "ten", "none", "bad 2");
    await send(1, ...times(10, "good"));
    const stage = new StageProcess({ config });
    try {
      await untilCounted(stage, fed);

      await fenceAsAnotherOwner(config, 0);
      await send(0, ...times(5, "good"));
      await untilCounted(stage, fed);

      await limitBatches(config.to.topic, valueBytes);
      await send(1, ...times(5, "good"));
      await stage.untilLine("begins anew", ({ group, to }) => group === 1 && to === "rebuilding", 0, 300);
      await limitBatches(config.to.topic, config.to.maxMessageBytes);
      await untilCounted(stage, fed);

      await send(1, "hang", "good", "good");
      await until("three wait", async () => assert.deepEqual(await stage.lag(), { 0: 0, 1: 3 }), generously);
      fed[1]! -= 3;

      const scrape = await stage.scrape();
      const byLane = (name: string) => scrape.by(`${prefix}${name}`, "lane");
      assert.deepEqual(byLane("records_in_total"), { 0: 29, 1: 15 });
      assert.deepEqual(byLane("records_out_total"), { 0: 20 + 10 + 5, 1: 15 });
      assert.deepEqual(byLane("dead_letters_total"), { 0: 2, 1: 0 });
      assert.deepEqual(byLane("bytes_in_total"), bytesOf(fed));
      await assertBytesOut(config.to.topic, byLane("bytes_out_total"));

      const byGroup = (name: string) => scrape.by(`${prefix}${name}`, "group");
      assert.deepEqual(byGroup("rebuilds_total"), linesByGroup(stage.lines, "rebuilding"));
      assert.deepEqual(byGroup("fences_total"), { 0: 1, 1: 0 });
      assert.deepEqual(linesByGroup(stage.lines, "standing-down"), { 0: 1, 1: 0 });

      const records = 29 + 15;
      for (const name of ["consume", "process", "age"]) assert.equal(count(scrape, name), records, name);
      for (const name of ["produce", "transaction"])
        assert.equal(count(scrape, name), await countTransactions(config.checkpointTopic), name);
      for (const name of ["consume", "process", "age", "produce", "transaction"]) assertBuckets(scrape, name);
      // Ages are whole milliseconds, each end of which may be cut off.
      assert.ok(sum(scrape, "age") + records * 0.002 >= sum(scrape, "consume") + sum(scrape, "process"));
      assert.ok(sum(scrape, "transaction") >= sum(scrape, "produce"));
    } finally {
      assert.equal(await stage.end("SIGTERM"), 0);
    }
  });

  it("of a device tell of records that were not consumed, and that have an age", async () => {
    const perLane = 100;
    const { config } = await pipelineOf("device", "ticker", { count: perLane });
    const stage = new StageProcess({ config });
    try {
      await untilCounted(stage, [perLane, perLane]);
      const scrape = await stage.scrape();
      assert.equal(scrape.sum(`${prefix}records_out_total`), 2 * perLane);
      assert.equal(count(scrape, "age"), 2 * perLane);
      for (const name of ["consume", "process"]) assert.equal(count(scrape, name), 0, name);
      for (const name of ["produce", "transaction"]) {
        assert.equal(count(scrape, name), await countTransactions(config.checkpointTopic), name);
        assertBuckets(scrape, name);
      }
    } finally {
      assert.equal(await stage.end("SIGTERM"), 0);
    }
  });

  it("are named as Prometheus wants it, and in the documentation", async () => {
    const { config } = await pipelineOf("named", "copy");
    const stage = new StageProcess({ config });
    try {
      await stage.untilRunning();
      const { types, help } = await stage.scrape();
      const own = [...types].filter(([name]) => name.startsWith(prefix));
      assert.ok(own.length > 10);
      const documented = readFileSync(path.join(__dirname, "..", "..", "docs", "exactly-once.md"), "utf8");
      for (const [name, type] of own) {
        assert.match(name, /^[a-z_]+$/);
        assert.equal(name.endsWith("_total"), type === "counter", name);
        assert.equal(name.endsWith("_seconds"), type === "histogram", name);
        assert.doesNotMatch(name, /_(ms|milliseconds|minutes|kilobytes|kib|mib|percent)(_|$)/, "not in base units");
        assert.ok(help.get(name)!.length > 10, `${name} is not explained`);
        assert.ok(documented.includes(`\`${name.slice(prefix.length)}\``), `${name} is not in docs/exactly-once.md`);
      }
    } finally {
      assert.equal(await stage.end("SIGTERM"), 0);
    }
  });

  /** Of two lanes, each a lane group of its own. */
  function pipelineOf(name: string, process: string, options?: Record<string, unknown>): Promise<Pipeline> {
    const source = process === "ticker" ? {} : { source: kafka };
    return Pipeline.create({
      name,
      process,
      ...source,
      destination: kafka,
      partitions: 2,
      laneGroups: 2,
      ...(options && { options }),
    });
  }

  /** What a second live owner would do. */
  async function fenceAsAnotherOwner({ pipeline, stage, from, to }: StageConfig, group: number) {
    const connection = await ClusterConnection.open(to, [to.topic], "other", () => undefined);
    const id = (turn: 0 | 1) => transactionalId(pipeline, stage, from!, group, turn);
    await new TransactionWriter(connection, [id(0), id(1)], 20_000).fence();
    await connection.close();
  }

  /** Batches above that are refused, for which the stage can only begin anew. */
  async function limitBatches(topic: string, bytes: number): Promise<void> {
    const configEntries = [{ name: "max.message.bytes", value: String(bytes) }];
    await kafka.withAdmin((admin) =>
      admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] }),
    );
    await until(
      "the broker knows of it",
      async () => {
        const resources = [{ type: 2, name: topic, configNames: ["max.message.bytes"] }];
        const { resources: described } = await kafka.withAdmin((admin) =>
          admin.describeConfigs({ resources, includeSynonyms: false }),
        );
        assert.equal(described[0]!.configEntries[0]!.configValue, String(bytes));
      },
      generously,
    );
  }

  /** Between what a client sees of the records and what each of them may take beside that in a batch. */
  async function assertBytesOut(topic: string, counted: Record<string, number>): Promise<void> {
    const seen = [0, 0];
    const most = [0, 0];
    await readRecords(kafka, topic, (record) => {
      const bytes = contentOf(record);
      seen[record.partition]! += bytes;
      most[record.partition]! += bytes + 30 + 10 * Object.keys(record.headers).length;
    });
    for (const lane of [0, 1]) {
      assert.ok(counted[lane]! > seen[lane]! && counted[lane]! <= most[lane]!, JSON.stringify({ counted, seen, most }));
    }
  }

  /** Each commits a checkpoint; the first of each claim has no records beside it, and is not among the metrics' transactions. */
  async function countTransactions(checkpointTopic: string): Promise<number> {
    let checkpoints = 0;
    const claims = new Set<string>();
    await readRecords(kafka, checkpointTopic, ({ partition, value }) => {
      checkpoints++;
      claims.add(`${partition} ${(JSON.parse(value!.toString()) as { claim: number }).claim}`);
    });
    return checkpoints - claims.size;
  }
});

async function untilCounted(stage: StageProcess, records: readonly number[]): Promise<void> {
  const wanted = Object.fromEntries(records.entries());
  await until(
    "all that was fed is counted",
    async () => assert.deepEqual((await stage.scrape()).by(`${prefix}records_in_total`, "lane"), wanted),
    generously,
  );
}

function linesByGroup(lines: readonly LogLine[], state: string): Record<string, number> {
  const of = (wanted: number) => lines.filter(({ group, to }) => group === wanted && to === state).length;
  return { 0: of(0), 1: of(1) };
}

function bytesOf(records: readonly number[]): Record<string, number> {
  return Object.fromEntries(records.map((number, lane) => [lane, number * (keyBytes + valueBytes)]));
}

function contentOf({ key, value, headers }: ReadRecord): number {
  const texts = Object.entries(headers).flat();
  return (key?.length ?? 0) + (value?.length ?? 0) + texts.reduce((sum, text) => sum + Buffer.byteLength(text), 0);
}

const count = (scrape: Scrape, name: string) => scrape.sum(`${prefix}${name}_seconds_count`);
const sum = (scrape: Scrape, name: string) => scrape.sum(`${prefix}${name}_seconds_sum`);

/** Each holds the smaller ones, the last one all; and the sum is one of these many values, none of them negative. */
function assertBuckets(scrape: Scrape, name: string): void {
  const buckets = scrape.samples.filter((sample) => sample.name === `${prefix}${name}_seconds_bucket`);
  const counts = buckets.map(({ value }) => value);
  assert.deepEqual(
    counts,
    counts.toSorted((a, b) => a - b),
    name,
  );
  assert.deepEqual([buckets.at(-1)!.labels["le"], counts.at(-1)], ["+Inf", count(scrape, name)], name);
  assert.ok(sum(scrape, name) > 0, name);
}

function times(number: number, beginning: string): string[] {
  return Array.from({ length: number }, () => beginning);
}
