import assert from "node:assert/strict";
import { Partitioners, type Producer } from "kafkajs";
import { until } from "../../core/wait";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { offsetOf } from "../../workloads/stage/kafka/offsets";
import { TransactionWriter } from "../../workloads/stage/kafka/writer";
import { LocalKafka } from "../support/localKafka";
import { readCommitted } from "../support/oracle";

/** Brokers: the first takes its part of the transaction; the second refuses its own, of which the third, which is dead, has a replica. */
const [taker, refuser, dead] = [1, 2, 3];
const generously = { within: 300, every: 0.1 };

/** Of one partition each. */
interface Topics {
  taken: string;
  refused: string;
}

/**
 * Why stages have a writer of their own. kafkajs' public producer keeps the answers by broker (producer/sendMessages.js): where a
 * try failed in part, the next one sends whatever those brokers lead by then which have not answered yet, and nothing to those
 * that have. A partition that moves in between is sent again, with the next sequence, so that no broker takes it for a
 * repetition, or never. It says nothing of either, and the transaction commits.
 */
describe("a transaction at two brokers, of which one refuses its part for a while", function () {
  this.timeout(900_000);
  let kafka: LocalKafka;
  let scenes = 0;

  before(async () => {
    kafka = await LocalKafka.start({ name: "parts" });
    await kafka.signalBroker(dead, "SIGKILL");
    await until(
      "the others know that a broker is dead",
      () => kafka.withAdmin(async (admin) => assert.equal((await admin.describeCluster()).brokers.length, 2)),
      generously,
    );
  });

  after(() => kafka?.stop());

  describe("and the part that was taken moves to another broker meanwhile", () => {
    it("has that part twice where kafkajs' public producer writes it", async () => {
      const topics = await createTopics();
      await withPublicProducer(async (producer) => {
        const committed = commitByPublicProducer(producer, topics);
        await untilAcknowledged(producer);
        await move(topics.taken, refuser);
        await untilHolds(topics.taken, 2);
        await admit(topics.refused);
        await committed;
      });
      const { taken, refused } = await read(topics);
      assert.ok(taken.length > 1, JSON.stringify(taken));
      assert.deepEqual(new Set(taken), new Set(["taken"]));
      assert.deepEqual(refused, ["refused"]);
    });

    it("has each part once where a stage writes it", async () => {
      const topics = await commitByStage(async ({ taken, refused }, connection) => {
        await untilHolds(taken, 1);
        await move(taken, refuser);
        await untilKnown(connection, taken, refuser);
        await admit(refused);
      });
      assert.deepEqual(await read(topics), { taken: ["taken"], refused: ["refused"] });
    });
  });

  describe("and the part that was refused moves to the broker that took the other", () => {
    it("lacks that part where kafkajs' public producer writes it", async () => {
      const topics = await createTopics();
      await withPublicProducer(async (producer) => {
        const committed = commitByPublicProducer(producer, topics);
        await untilAcknowledged(producer);
        await move(topics.refused, taker);
        await committed;
      });
      const { refused } = await read(topics);
      assert.deepEqual(refused, []);
    });

    it("has each part once where a stage writes it", async () => {
      const topics = await commitByStage(async ({ taken, refused }) => {
        await untilHolds(taken, 1);
        await move(refused, taker);
      });
      assert.deepEqual(await read(topics), { taken: ["taken"], refused: ["refused"] });
    });
  });

  async function createTopics(): Promise<Topics> {
    const topics = { taken: `taken-${scenes}`, refused: `refused-${scenes++}` };
    const at = (topic: string, replicas: number[]) => ({
      topic,
      numPartitions: -1,
      replicationFactor: -1,
      replicaAssignment: [{ partition: 0, replicas }],
    });
    // The number of replicas that there are is enough, and three while the partition moves: both are more than live.
    const short = { name: "min.insync.replicas", value: "3" };
    await kafka.createTopics([
      at(topics.taken, [taker]),
      { ...at(topics.refused, [refuser, dead]), configEntries: [short] },
    ]);
    return topics;
  }

  /** Ends the refusal. */
  async function admit(topic: string): Promise<void> {
    const configEntries = [{ name: "min.insync.replicas", value: "1" }];
    await kafka.withAdmin((admin) =>
      admin.alterConfigs({ validateOnly: false, resources: [{ type: 2, name: topic, configEntries }] }),
    );
  }

  async function move(topic: string, to: number): Promise<void> {
    await kafka.withAdmin(async (admin) => {
      const partitionAssignment = [{ partition: 0, replicas: [to] }];
      await admin.alterPartitionReassignments({ topics: [{ topic, partitionAssignment }] });
    });
    const connection = await connect([topic]);
    await untilKnown(connection, topic, to);
    await connection.close();
  }

  async function untilKnown(connection: ClusterConnection, topic: string, leader: number): Promise<void> {
    await until(
      `a client knows that broker ${leader} leads ${topic}`,
      async () => {
        await connection.refresh();
        assert.equal(connection.leaderIdOf(topic, 0), leader);
      },
      generously,
    );
  }

  /** Counts what all replicas have, of open transactions too. */
  async function untilHolds(topic: string, records: number): Promise<void> {
    const connection = await connect([topic]);
    await until(
      `${topic} holds ${records} records`,
      async () => assert.equal(await offsetOf(connection, "highWatermark", topic, 0), BigInt(records)),
      generously,
    );
    await connection.close();
  }

  function connect(topics: string[]): Promise<ClusterConnection> {
    const { clusterId, stageBootstrapServers: bootstrapServers } = kafka;
    return ClusterConnection.open({ cluster: "parts", clusterId, bootstrapServers }, topics, "test", () => undefined);
  }

  /** As the stage's sessions do: after a failure all is done anew, here with new topics. */
  function commitByStage(trouble: (topics: Topics, connection: ClusterConnection) => Promise<void>): Promise<Topics> {
    return until(
      "a transaction lasts as long as the trouble",
      async () => {
        const topics = await createTopics();
        const connection = await connect([topics.taken, topics.refused]);
        try {
          const writer = new TransactionWriter(connection, [`${topics.taken}.0`, `${topics.taken}.1`], 60_000);
          await writer.fence();
          const parts = (["taken", "refused"] as const).map((part) => ({
            topic: topics[part],
            partition: 0,
            records: [{ key: null, value: Buffer.from(part), timestamp: Date.now(), headers: [] }],
          }));
          const [written] = await Promise.all([writer.write(parts), trouble(topics, connection)]);
          await writer.end(written);
          return topics;
        } finally {
          await connection.close();
        }
      },
      generously,
    );
  }

  async function withPublicProducer(use: (producer: Producer) => Promise<void>): Promise<void> {
    const producer = kafka.client(aliveServers()).producer({
      transactionalId: `public-${scenes}`,
      idempotent: true,
      maxInFlightRequests: 1,
      createPartitioner: Partitioners.DefaultPartitioner,
      retry: { initialRetryTime: 100, maxRetryTime: 500, retries: 10_000 },
    });
    await producer.connect();
    try {
      await use(producer);
    } finally {
      await producer.disconnect();
    }
  }

  async function commitByPublicProducer(producer: Producer, topics: Topics): Promise<void> {
    const transaction = await producer.transaction();
    const messagesOf = (part: "taken" | "refused") => ({
      topic: topics[part],
      messages: [{ value: part, partition: 0 }],
    });
    await transaction.sendBatch({ acks: -1, topicMessages: [messagesOf("taken"), messagesOf("refused")] });
    await transaction.commit();
  }

  async function untilAcknowledged(producer: Producer): Promise<void> {
    await new Promise<void>((resolve) =>
      producer.on(producer.events.REQUEST, ({ payload: { apiName, broker } }) => {
        if (apiName === "Produce" && broker === kafka.bootstrapServers[taker - 1]) resolve();
      }),
    );
  }

  async function read({ taken, refused }: Topics): Promise<{ taken: string[]; refused: string[] }> {
    const values = await readCommitted(aliveServers(), [taken, refused]);
    return { taken: values[taken]!, refused: values[refused]! };
  }

  function aliveServers(): string[] {
    return kafka.bootstrapServers.filter((_, index) => index + 1 !== dead);
  }
});
