import type { StageConfig, StreamEndpoint } from "../../core/contract/stageConfig";
import { checkpointTopic, deadLetterTopic } from "../../core/naming";
import { until } from "../../core/wait";
import { checkpointKey, parseCheckpoint } from "../../workloads/stage/checkpoint";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { readLastCommitted } from "../../workloads/stage/kafka/tail";
import type { LocalKafka } from "./localKafka";

/** Largest record batch of the brokers that LocalKafka starts. */
const maxMessageBytes = 4 << 20;

/** Longer than the default: on a loaded machine a replica may well be silent for some seconds. */
const sessionMs = 6000;

export interface PipelineOptions {
  name: string;
  process: string;
  /** Where the source stream is; a device stage has none. */
  source?: LocalKafka;
  destination: LocalKafka;
  partitions: number;
  laneGroups: number;
  options?: Record<string, unknown>;
}

/** The topics of one stage under test, and its configuration. */
export class Pipeline {
  private constructor(
    private readonly args: PipelineOptions,
    readonly config: StageConfig,
  ) {}

  /** Creates source and destination streams, checkpoints and dead letters. */
  static async create(args: PipelineOptions): Promise<Pipeline> {
    const { name, source, destination, partitions, laneGroups } = args;
    const endpoint = async (kafka: LocalKafka, cluster: string, topic: string): Promise<StreamEndpoint> => {
      await kafka.createTopics([{ topic, numPartitions: partitions }]);
      const { stageBootstrapServers: bootstrapServers } = kafka;
      return { cluster, clusterId: kafka.clusterId, topic, partitions, bootstrapServers, maxMessageBytes };
    };
    const config: StageConfig = {
      pipeline: "test",
      stage: name,
      process: args.process,
      place: "edge",
      generation: 1,
      laneGroups,
      from: source && (await endpoint(source, "edge", `${name}-in`)),
      to: await endpoint(destination, "cloud", `${name}-out`),
      checkpointTopic: checkpointTopic("test", name),
      deadLetterTopic: deadLetterTopic("test", name),
      options: args.options ?? {},
      timing: { sessionMs },
    };
    await destination.createTopics([
      {
        topic: config.checkpointTopic,
        numPartitions: laneGroups,
        configEntries: [{ name: "cleanup.policy", value: "compact" }],
      },
      { topic: config.deadLetterTopic, numPartitions: 1 },
    ]);
    return new Pipeline(args, config);
  }

  get sourceStream() {
    return { bootstrapServers: this.args.source!.bootstrapServers, topic: this.config.from!.topic };
  }

  get destinationStream() {
    return { bootstrapServers: this.args.destination.bootstrapServers, topic: this.config.to.topic };
  }

  /** Deletes its topics. */
  async remove(): Promise<void> {
    const { source, destination } = this.args;
    const { from, to, checkpointTopic: checkpoints, deadLetterTopic: letters } = this.config;
    const remove = (kafka: LocalKafka, topics: string[]) => kafka.withAdmin((admin) => admin.deleteTopics({ topics }));
    if (source !== undefined) await remove(source, [from!.topic]);
    await remove(destination, [to.topic, checkpoints, letters]);
  }

  /** Waits until the checkpoint of every lane, or of these, has reached the end of the source. */
  async untilDrained(within = 120, lanes?: readonly number[]): Promise<void> {
    const { source, destination } = this.args;
    const { topic } = this.sourceStream;
    await until(
      `stage ${this.config.stage}: every source record is in the destination`,
      async () => {
        const records = await source!.withAdmin((admin) => admin.fetchTopicOffsets(topic));
        const written = await destination.withAdmin((admin) => admin.fetchTopicOffsets(this.config.to.topic));
        const positions = await this.positions();
        for (const { partition, offset } of records) {
          if (lanes?.includes(partition) === false) continue;
          const at = positions.get(partition) ?? 0n;
          if (at < BigInt(offset)) {
            const stable = written.find((each) => each.partition === partition)?.offset;
            throw new Error(`lane ${partition} stands at ${at} of ${offset}; destination has ${stable} offsets`);
          }
        }
      },
      { within, every: 0.5 },
    );
  }

  /** Waits until something has been committed. */
  async untilStarted(): Promise<void> {
    await until(
      `stage ${this.config.stage}: the first records are committed`,
      async () => {
        if ((await this.positions()).size === 0) throw new Error("no checkpoint yet");
      },
      { within: 300, every: 0.2 },
    );
  }

  /** Waits until every lane has moved on from where it stands now. */
  async untilProgress(): Promise<void> {
    let before: Map<number, bigint> | undefined;
    await until(
      `stage ${this.config.stage}: every lane moves on`,
      async () => {
        const now = await this.positions();
        before ??= now;
        const stuck = [...before].filter(([lane, at]) => now.get(lane)! <= at).map(([lane]) => lane);
        if (stuck.length > 0)
          throw new Error(`lanes ${stuck.join(", ")} stand still at ${stuck.map((lane) => now.get(lane)).join(", ")}`);
      },
      { within: 240, every: 0.5 },
    );
  }

  /**
   * Positions of all lanes, as the newest committed checkpoints say. Only for waiting, so by the stage's own reader, which
   * bears brokers that are dead or frozen, past whatever disturbs the stages' connections; verdicts are the independent reader's.
   */
  async positions(): Promise<Map<number, bigint>> {
    const { checkpointTopic: topic, stage } = this.config;
    const to = { ...this.config.to, bootstrapServers: this.args.destination.bootstrapServers };
    const result = new Map<number, bigint>();
    const connection = await ClusterConnection.open(to, [topic], "test", () => undefined);
    try {
      for (let group = 0; group < connection.partitionsOf(topic); group++) {
        const { record } = await readLastCommitted(connection, topic, group, checkpointKey(stage, group), 0);
        if (!record?.value) continue;
        for (const lanes of parseCheckpoint(record.value.toString("utf8")).positions.values()) {
          for (const [lane, at] of lanes) if (at > (result.get(lane) ?? -1n)) result.set(lane, at);
        }
      }
    } finally {
      await connection.close();
    }
    return result;
  }
}

export interface ReadRecord {
  partition: number;
  offset: string;
  /** Milliseconds since 1970. */
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, string>;
}

/** All committed records of a topic, by kafkajs' own consumer. */
export async function readRecords(kafka: LocalKafka, topic: string, each: (record: ReadRecord) => void): Promise<void> {
  const ends = (await kafka.withAdmin((admin) => admin.fetchTopicOffsets(topic))).filter(
    ({ low, high }) => low !== high,
  );
  if (ends.length === 0) return;
  const consumer = kafka.client().consumer({ groupId: `reader-${Math.random()}`, maxWaitTimeInMs: 100 });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    const open = new Map(ends.map(({ partition, high }) => [partition, BigInt(high)]));
    await new Promise<void>((resolve, reject) => {
      const reached = (partition: number, offset: bigint) => {
        if (offset + 1n >= (open.get(partition) ?? 0n)) open.delete(partition);
        if (open.size === 0) resolve();
      };
      consumer.on(consumer.events.END_BATCH_PROCESS, ({ payload }) =>
        reached(payload.partition, BigInt(payload.lastOffset)),
      );
      consumer.on(consumer.events.CRASH, ({ payload }) => payload.restart || reject(payload.error));
      consumer
        .run({
          eachMessage: async ({ partition, message: { offset, timestamp, key, value, headers } }) => {
            const texts = Object.entries(headers ?? {}).map(([name, text]) => [name, String(text)]);
            each({
              partition,
              offset,
              timestamp: Number(timestamp),
              key,
              value,
              headers: Object.fromEntries(texts) as Record<string, string>,
            });
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
}
