import { randomBytes } from "node:crypto";
import { setTimeout as pause } from "node:timers/promises";
import { Partitioners, type Kafka } from "kafkajs";
import type { LocalKafka } from "../support/localKafka";
import { withProducer } from "../support/feed";

/** A kind of record and how much of it. */
export interface Load {
  /** As `--only` and the table name it. */
  name: string;
  /** Size of a value. */
  bytes: number;
  /** Records that wait when a contender starts. */
  backlog: number;
  /** Records a second in the steady part. */
  rate: number;
  /** Records that are sent at once. */
  together: number;
}

/** Bytes of one request of the backlog. */
const requestBytes = 2 << 20;
const poolBytes = 64 << 10;

/** The first bytes of a value: its number in the run, and when it was sent (nanoseconds of the machine's steady clock; 0 in a backlog). */
export function stamp(value: Buffer, sequence: number, sentAt: bigint): void {
  value.writeUInt32BE(sequence, 0);
  value.writeBigInt64BE(sentAt, 8);
}

/** The opposite of `stamp`. */
export function readStamp(value: Buffer): { sequence: number; sentAt: bigint } {
  return { sequence: value.readUInt32BE(0), sentAt: value.readBigInt64BE(8) };
}

/** Produces the backlog, evenly over the partitions. */
export async function sendBacklog(
  kafka: LocalKafka,
  topic: string,
  partitions: number,
  load: Load,
  signal: AbortSignal,
): Promise<void> {
  const values = valuesOf(load.bytes);
  const atOnce = Math.max(1, Math.floor(requestBytes / load.bytes)) * partitions;
  await withProducer(kafka.client(), async (send) => {
    for (let first = 0; first < load.backlog; first += atOnce) {
      signal.throwIfAborted();
      const count = Math.min(atOnce, load.backlog - first);
      await send(
        topic,
        Array.from({ length: count }, (_, k) => ({
          value: values(first + k, 0n),
          partition: (first + k) % partitions,
        })),
      );
    }
  });
}

export interface SteadyLoad {
  topic: string;
  partitions: number;
  load: Load;
  /** Number of the first record. */
  first: number;
  seconds: number;
  signal: AbortSignal;
}

/**
 * Produces at a fixed rate, without waiting for what is on its way: a slow broker must not make the load smaller. Returns how
 * many, when all are acknowledged.
 */
export async function sendSteadily(
  kafka: Kafka,
  { topic, partitions, load, first, seconds, signal }: SteadyLoad,
): Promise<number> {
  const values = valuesOf(load.bytes);
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  try {
    await producer.connect();
    const count = Math.floor(seconds * load.rate);
    const pending: Promise<unknown>[] = [];
    const start = performance.now();
    for (let n = 0; n < count; n += load.together) {
      const wait = start + (n / load.rate) * 1000 - performance.now();
      if (wait > 0) await pause(wait, undefined, { signal });
      const messages = Array.from({ length: Math.min(load.together, count - n) }, (_, k) => ({
        value: values(first + n + k, process.hrtime.bigint()),
        partition: (n + k) % partitions,
      }));
      const sent = producer.send({ topic, messages });
      sent.catch(() => undefined);
      pending.push(sent);
    }
    await Promise.all(pending);
    return count;
  } finally {
    await producer.disconnect();
  }
}

/** Values that do not compress, each with its own stamp. */
function valuesOf(bytes: number): (sequence: number, sentAt: bigint) => Buffer {
  const pool = randomBytes(bytes + poolBytes);
  return (sequence, sentAt) => {
    const from = Math.floor(Math.random() * poolBytes);
    const value = Buffer.from(pool.subarray(from, from + bytes));
    stamp(value, sequence, sentAt);
    return value;
  };
}
