import { randomBytes } from "node:crypto";
import { Partitioners, type Kafka } from "kafkajs";
import type { LocalKafka } from "./localKafka";

export interface FeedOptions {
  topic: string;
  partitions: number;
  count: number;
  /** Bytes of each value. */
  size: number;
  /** Records a second; as fast as it goes where missing. */
  rate?: number;
}

const sendBytes = 2 << 20;

/** Produces records of random bytes, evenly over the partitions. Doubled ones would not matter: the source is what it holds. */
export async function feed(kafka: LocalKafka, { topic, partitions, count, size, rate }: FeedOptions): Promise<void> {
  const pool = randomBytes(size + 65_536);
  await withProducer(kafka.client(), async (send) => {
    const start = performance.now();
    for (let n = 0; n < count;) {
      const due = rate === undefined ? count : Math.floor(((performance.now() - start) / 1000) * rate);
      const now = Math.min(count - n, due - n, Math.max(1, Math.floor(sendBytes / size)));
      if (now > 0) {
        await send(
          topic,
          Array.from({ length: now }, (_, k) => {
            const from = Math.floor(Math.random() * 65_536);
            const value = Buffer.from(pool.subarray(from, from + size));
            value.writeUInt32BE(n + k, 0);
            return { value, partition: (n + k) % partitions };
          }),
        );
        n += now;
      } else await new Promise((resolve) => setTimeout(resolve, 10));
    }
  });
}

export interface FedMessage {
  value: Buffer | string;
  partition: number;
  key?: string;
  headers?: Record<string, string>;
}

type Send = (topic: string, messages: FedMessage[]) => Promise<void>;

export async function withProducer(kafka: Kafka, use: (send: Send) => Promise<void>): Promise<void> {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
    retry: { initialRetryTime: 100, retries: 30, maxRetryTime: 1000 },
  });
  try {
    await producer.connect();
    await use(async (topic, messages) => {
      // A request for each partition: kafkajs repeats a whole request when one partition's leader is not elected yet, and so
      // doubles what the other partitions have taken already.
      for (const ofPartition of Map.groupBy(messages, ({ partition }) => partition).values())
        await producer.send({ topic, messages: ofPartition });
    });
  } finally {
    await producer.disconnect();
  }
}
