import { requestTimeoutMs } from "./connection";
import {
  flexibleRequest,
  noTags,
  sizeOfLength,
  sizeOfString,
  writeLength,
  writeString,
  type AnswerReader,
} from "./flexible";
import type { Broker, ProtocolRequest } from "./internals";
import { sizeOfBatch, writeBatch, type Producer, type WireRecord } from "./recordBatch";

/** The first version by which a partition becomes part of a transaction of version 2 (KIP-890) without a request of its own. */
const api = { key: 0, version: 12, name: "Produce" };

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

export function produceRequest(
  transactionalId: string,
  producer: Producer,
  batches: readonly PartitionRecords[],
): ProtocolRequest<{ results: ProduceResult[]; clientSideThrottleTime: number }> {
  return flexibleRequest(api, encode(transactionalId, producer, groupByTopic(batches)), decode);
}

function groupByTopic(batches: readonly PartitionRecords[]): Map<string, PartitionRecords[]> {
  const byTopic = new Map<string, PartitionRecords[]>();
  for (const batch of batches) byTopic.set(batch.topic, [...(byTopic.get(batch.topic) ?? []), batch]);
  return byTopic;
}

/** The whole body in one buffer of the right size, so that each value is copied once. */
function encode(transactionalId: string, producer: Producer, byTopic: Map<string, PartitionRecords[]>): Buffer {
  let size = 1 + sizeOfString(transactionalId) + 2 + 4 + sizeOfLength(byTopic.size) + 1;
  const batchSizes = new Map<PartitionRecords, number>();
  for (const [topic, batches] of byTopic) {
    size += sizeOfString(topic) + sizeOfLength(batches.length) + 1;
    for (const batch of batches) {
      const batchSize = sizeOfBatch(batch.records);
      batchSizes.set(batch, batchSize);
      size += 4 + sizeOfLength(batchSize) + batchSize + 1;
    }
  }
  const bytes = Buffer.allocUnsafe(size);
  let at = bytes.writeUInt8(noTags, 0);
  at = writeString(bytes, at, transactionalId);
  at = bytes.writeInt16BE(-1, at);
  at = bytes.writeInt32BE(requestTimeoutMs, at);
  at = writeLength(bytes, at, byTopic.size);
  for (const [topic, batches] of byTopic) {
    at = writeString(bytes, at, topic);
    at = writeLength(bytes, at, batches.length);
    for (const batch of batches) {
      at = bytes.writeInt32BE(batch.partition, at);
      at = writeLength(bytes, at, batchSizes.get(batch)!);
      at = writeBatch(bytes, at, batch.records, producer);
      at = bytes.writeUInt8(noTags, at);
    }
    at = bytes.writeUInt8(noTags, at);
  }
  at = bytes.writeUInt8(noTags, at);
  if (at !== size) throw new Error(`produce request: ${at} bytes written where ${size} were counted`);
  return bytes;
}

function decode(answer: AnswerReader): { results: ProduceResult[]; clientSideThrottleTime: number } {
  const results = answer.array(() => {
    const topic = answer.string()!;
    const partitions = answer.array(() => {
      const result = { topic, partition: answer.int32(), errorCode: answer.int16() };
      answer.skip(8 + 8 + 8); // base offset, append time, log start
      answer.array(() => {
        answer.int32();
        answer.string();
        answer.skipTags();
      });
      answer.string(); // the error in words
      answer.skipTags();
      return result;
    });
    answer.skipTags();
    return partitions;
  });
  return { results: results.flat(), clientSideThrottleTime: answer.int32() };
}
