import { errorOfCode } from "./failure";
import { fetchRequest, type PartitionAnswer } from "./fetchRequest";
import type { Broker } from "./internals";
import { readBatches, type StoredBatch, type StoredRecord } from "./recordBatch";

/** How long a fetch waits for records at the most, unless told otherwise. */
export const longestPollMs = 500;

export interface FetchPosition {
  partition: number;
  offset: bigint;
  /** A batch larger than this is still sent, alone. */
  maxBytes: number;
}

export interface FetchedPartition extends Omit<PartitionAnswer, "abortedTransactions" | "recordSet" | "errorCode"> {
  /** What the broker said instead, or why the first batch cannot be read. */
  error: Error | undefined;
  /** The offset that was asked for. */
  from: bigint;
  /** From the asked offset on, without markers; committed ones, unless others were asked for. */
  records: StoredRecord[];
  /** Where to go on: past markers, aborted records and what compaction left empty. */
  next: bigint;
  /** Bytes received. */
  bytes: number;
}

export interface FetchLimits {
  maxWaitMs: number;
  maxBytes: number;
  /** Records of open and aborted transactions, too. @default false */
  uncommitted?: boolean;
}

/** A topic by its name, or by its id where that is known. */
export interface FetchedTopic {
  topic: string;
  topicId?: string | undefined;
}

/**
 * Fetches records of one topic. kafkajs' own reading is left aside for its traps (facts/kafka.md 1.2): it never advances over
 * empty batches, can deliver records of a second aborted transaction, and checks no checksum.
 * A long poll holds up other fetches on the same connection.
 */
export async function fetchRecords(
  broker: Broker,
  { topic, topicId }: FetchedTopic,
  positions: readonly FetchPosition[],
  { maxWaitMs, maxBytes, uncommitted = false }: FetchLimits,
): Promise<FetchedPartition[]> {
  const asked = new Map(positions.map(({ partition, offset }) => [partition, offset]));
  const request = fetchRequest({ topic, topicId, positions, maxWaitMs, maxBytes, uncommitted });
  const { errorCode, partitions } = await broker.connectionPool.send(request);
  if (errorCode !== 0) throw errorOfCode(errorCode);
  return partitions.map(({ abortedTransactions, recordSet, errorCode, ...partition }) => {
    const from = asked.get(partition.partition)!;
    let error = errorCode === 0 ? undefined : errorOfCode(errorCode);
    let batches: StoredBatch[] = [];
    try {
      batches = readBatches(recordSet);
    } catch (unreadable) {
      error = unreadable as Error;
    }
    const last = batches.at(-1);
    return {
      ...partition,
      error,
      from,
      records: committedRecords(batches, abortedTransactions, from),
      next: last === undefined ? from : last.lastOffset + 1n,
      bytes: recordSet.length,
    };
  });
}

/** Leaves out markers, records before `from`, and those of the aborted transactions that the broker lists. */
export function committedRecords(
  batches: readonly StoredBatch[],
  abortedTransactions: PartitionAnswer["abortedTransactions"],
  from: bigint,
): StoredRecord[] {
  const waiting = [...abortedTransactions].sort((a, b) => Number(a.firstOffset - b.firstOffset));
  const aborted = new Set<bigint>();
  const result: StoredRecord[] = [];
  for (const batch of batches) {
    while (waiting.length > 0 && waiting[0]!.firstOffset <= batch.lastOffset) aborted.add(waiting.shift()!.producerId);
    if (batch.marker !== undefined) {
      if (batch.marker === "abort") aborted.delete(batch.producerId);
    } else if (!batch.transactional || !aborted.has(batch.producerId)) {
      for (const record of batch.records) if (record.offset >= from) result.push(record);
    }
  }
  return result;
}
