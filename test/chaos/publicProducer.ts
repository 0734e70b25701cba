/**
 * The stage's writer as one would write it with what kafkajs offers to everybody: a transactional producer and sendBatch.
 * Takes the place of workloads/stage/kafka/writer.ts in a stage that is broken on purpose (broken.ts). It doubles records when a broker of several fails (facts/kafka.md M).
 */
import { Kafka, logLevel, type Producer, type Transaction } from "kafkajs";
import { clientOptions, type ClusterConnection } from "../../workloads/stage/kafka/connection";
import { KafkaFailure, kindOf } from "../../workloads/stage/kafka/failure";
import { partitionKey, type PartitionRecords } from "../../workloads/stage/kafka/produce";
import type { WrittenTransaction } from "../../workloads/stage/kafka/writer";

export class TransactionWriter {
  private readonly producers: Producer[];
  private readonly open = new Map<number, Transaction>();
  private written = 0;

  constructor(connection: ClusterConnection, transactionalIds: readonly [string, string], transactionTimeout: number) {
    this.producers = transactionalIds.map((transactionalId) =>
      new Kafka({ ...clientOptions(connection.endpoint), logLevel: logLevel.NOTHING, clientId: "public" }).producer({
        transactionalId,
        transactionTimeout,
        maxInFlightRequests: 1,
        idempotent: true,
        retry: { initialRetryTime: 30, maxRetryTime: 300, retries: 20 },
      }),
    );
  }

  async fence(): Promise<void> {
    await translated("fence", async () => {
      for (const producer of this.producers) {
        await producer.connect();
        await (await producer.transaction()).abort();
      }
    });
  }

  async write(parts: readonly PartitionRecords[]): Promise<WrittenTransaction> {
    const number = this.written++;
    const sent = await translated("write", async () => {
      const transaction = await this.producers[number % 2]!.transaction();
      this.open.set(number, transaction);
      return transaction.sendBatch({
        acks: -1,
        topicMessages: parts.map(({ topic, partition, records }) => ({
          topic,
          messages: records.map(({ key, value, headers, timestamp }) => ({
            key,
            value,
            partition,
            timestamp: String(timestamp),
            headers: Object.fromEntries(headers),
          })),
        })),
      });
    });
    const offsets = sent.map(
      ({ topicName: topic, partition, baseOffset }) =>
        [partitionKey({ topic, partition }), BigInt(baseOffset!)] as const,
    );
    return { number, offsets: new Map(offsets) };
  }

  async end({ number }: WrittenTransaction): Promise<void> {
    await translated("end", () => this.open.get(number)!.commit());
    this.open.delete(number);
  }
}

async function translated<T>(during: string, act: () => Promise<T>): Promise<T> {
  try {
    return await act();
  } catch (error) {
    const { type, fenced } = kindOf(error);
    throw new KafkaFailure(during, type, fenced, { cause: error });
  }
}
