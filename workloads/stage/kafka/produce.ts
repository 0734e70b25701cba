import type { Broker, ProtocolRequest } from "./internals";
import { requestTimeoutMs } from "./connection";
import { sizeOfBatch, writeBatch, type Producer, type WireRecord } from "./recordBatch";

/** What one transaction writes into one partition. */
export interface PartitionRecords {
  topic: string;
  partition: number;
  records: readonly WireRecord[];
}

export interface ProduceResult {
  topic: string;
  partition: number;
  errorCode: number;
  /** Where the batch stands in the log, or did already where it was sent again; -1 where it was refused. */
  baseOffset: bigint;
}

/** Names a partition among those of one transaction. */
export function partitionKey({ topic, partition }: { topic: string; partition: number }): string {
  return `${topic}/${partition}`;
}

/**
 * Sends one batch for each partition, all replicas asked to acknowledge, and returns each partition's answer. kafkajs' own
 * request copies each value some ten times and computes checksums byte by byte (a third of a stage's CPU), and its answer
 * throws at the first refused partition, which hides the acknowledged ones.
 */
export async function produce(
  broker: Broker,
  transactionalId: string,
  producer: Producer,
  batches: readonly PartitionRecords[],
): Promise<ProduceResult[]> {
  return (await broker.connectionPool.send(produceRequest(transactionalId, producer, batches))).results;
}

/** Produce, version 7. */
export function produceRequest(
  transactionalId: string,
  producer: Producer,
  batches: readonly PartitionRecords[],
): ProtocolRequest<{ results: ProduceResult[]; clientSideThrottleTime: number }> {
  const body = encodeRequest(transactionalId, producer, groupByTopic(batches));
  return {
    request: {
      apiKey: 0,
      apiVersion: 7,
      apiName: "Produce",
      encode: async () => ({ buf: body, buffer: body, size: () => body.length }),
    },
    response: { decode: async (bytes) => decodeResponse(bytes), parse: async (answer) => answer },
  };
}

function groupByTopic(batches: readonly PartitionRecords[]): Map<string, PartitionRecords[]> {
  const byTopic = new Map<string, PartitionRecords[]>();
  for (const batch of batches) byTopic.set(batch.topic, [...(byTopic.get(batch.topic) ?? []), batch]);
  return byTopic;
}

function encodeRequest(transactionalId: string, producer: Producer, byTopic: Map<string, PartitionRecords[]>): Buffer {
  let size = 2 + Buffer.byteLength(transactionalId) + 2 + 4 + 4;
  const batchSizes = new Map<PartitionRecords, number>();
  for (const [topic, batches] of byTopic) {
    size += 2 + Buffer.byteLength(topic) + 4;
    for (const batch of batches) {
      const batchSize = sizeOfBatch(batch.records);
      batchSizes.set(batch, batchSize);
      size += 4 + 4 + batchSize;
    }
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = writeString(bytes, 0, transactionalId);
  at = bytes.writeInt16BE(-1, at);
  at = bytes.writeInt32BE(requestTimeoutMs, at);
  at = bytes.writeInt32BE(byTopic.size, at);
  for (const [topic, batches] of byTopic) {
    at = writeString(bytes, at, topic);
    at = bytes.writeInt32BE(batches.length, at);
    for (const batch of batches) {
      at = bytes.writeInt32BE(batch.partition, at);
      at = bytes.writeInt32BE(batchSizes.get(batch)!, at);
      at = writeBatch(bytes, at, batch.records, producer);
    }
  }
  if (at !== size) throw new Error(`produce request: ${at} bytes written where ${size} were counted`);
  return bytes;
}

function writeString(bytes: Buffer, at: number, text: string): number {
  const length = bytes.write(text, at + 2, "utf8");
  bytes.writeInt16BE(length, at);
  return at + 2 + length;
}

function decodeResponse(bytes: Buffer): { results: ProduceResult[]; clientSideThrottleTime: number } {
  const results: ProduceResult[] = [];
  let at = 4;
  for (let topics = bytes.readInt32BE(0); topics > 0; topics--) {
    const length = bytes.readInt16BE(at);
    const topic = bytes.toString("utf8", at + 2, at + 2 + length);
    at += 2 + length;
    const partitions = bytes.readInt32BE(at);
    at += 4;
    for (let n = 0; n < partitions; n++, at += 30) {
      results.push({
        topic,
        partition: bytes.readInt32BE(at),
        errorCode: bytes.readInt16BE(at + 4),
        baseOffset: bytes.readBigInt64BE(at + 6),
      });
    }
  }
  return { results, clientSideThrottleTime: bytes.readInt32BE(at) };
}
