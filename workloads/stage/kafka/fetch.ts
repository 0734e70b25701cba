import { fetchRequest, type Broker, type ProtocolRequest } from "./internals";
import { readBatches, type StoredBatch, type StoredRecord } from "./recordBatch";

/** How long a fetch waits for records at the most, unless told otherwise. */
export const longestPollMs = 500;

export interface FetchPosition {
  topic: string;
  partition: number;
  offset: bigint;
  /** A batch larger than this is still sent, alone. */
  maxBytes: number;
}

export interface FetchedPartition {
  topic: string;
  partition: number;
  /** The offset that was asked for. */
  from: bigint;
  errorCode: number;
  highWatermark: bigint;
  lastStableOffset: bigint;
  logStart: bigint;
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

/**
 * Fetches records. kafkajs' own reading is left aside for its traps (facts/kafka.md 1.2): it never advances over
 * empty batches, can deliver records of a second aborted transaction, and checks no checksum.
 * A long poll holds up other fetches on the same connection.
 */
export async function fetchRecords(
  broker: Broker,
  positions: readonly FetchPosition[],
  limits: FetchLimits,
): Promise<FetchedPartition[]> {
  const asked = new Map(positions.map((position) => [`${position.topic}/${position.partition}`, position.offset]));
  const answer = await broker.connectionPool.send(requestOf(positions, limits));
  return answer.partitions.map(({ abortedTransactions, recordSet, ...partition }) => {
    const from = asked.get(`${partition.topic}/${partition.partition}`)!;
    const batches = readBatches(recordSet);
    const last = batches.at(-1);
    return {
      ...partition,
      from,
      records: committedRecords(batches, abortedTransactions, from),
      next: last === undefined ? from : last.lastOffset + 1n,
      bytes: recordSet.length,
    };
  });
}

export interface AbortedTransaction {
  producerId: bigint;
  firstOffset: bigint;
}

/** Leaves out markers, records before `from`, and those of the aborted transactions that the broker lists. */
export function committedRecords(
  batches: readonly StoredBatch[],
  abortedTransactions: readonly AbortedTransaction[],
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

interface Answer {
  clientSideThrottleTime: number;
  partitions: (Omit<FetchedPartition, "from" | "records" | "next" | "bytes"> & {
    abortedTransactions: AbortedTransaction[];
    recordSet: Buffer;
  })[];
}

function requestOf(
  positions: readonly FetchPosition[],
  { maxWaitMs, maxBytes, uncommitted }: FetchLimits,
): ProtocolRequest<Answer> {
  const byTopic = new Map<string, { partition: number; fetchOffset: string; maxBytes: number }[]>();
  for (const { topic, partition, offset, maxBytes: most } of positions) {
    const partitions = byTopic.get(topic) ?? [];
    byTopic.set(topic, partitions);
    partitions.push({ partition, fetchOffset: String(offset), maxBytes: most });
  }
  return {
    request: fetchRequest({
      replicaId: -1,
      isolationLevel: uncommitted ? 0 : 1,
      maxWaitTime: maxWaitMs,
      minBytes: 1,
      maxBytes,
      rackId: "",
      topics: [...byTopic].map(([topic, partitions]) => ({ topic, partitions })),
    }),
    response: { decode: async (bytes) => decode(bytes), parse: async (answer) => answer },
    logResponseError: false,
  };
}

/** Fetch response, version 11. Record sets stay views of the response. */
function decode(bytes: Buffer): Answer {
  const partitions: Answer["partitions"] = [];
  let at = 10;
  const int32 = () => bytes.readInt32BE((at += 4) - 4);
  const int64 = () => bytes.readBigInt64BE((at += 8) - 8);
  for (let topics = int32(); topics > 0; topics--) {
    const length = bytes.readInt16BE(at);
    const topic = bytes.toString("utf8", at + 2, at + 2 + length);
    at += 2 + length;
    for (let left = int32(); left > 0; left--) {
      const partition = int32();
      const errorCode = bytes.readInt16BE((at += 2) - 2);
      const [highWatermark, lastStableOffset, logStart] = [int64(), int64(), int64()];
      const abortedTransactions: AbortedTransaction[] = [];
      for (let count = int32(); count > 0; count--) {
        abortedTransactions.push({ producerId: int64(), firstOffset: int64() });
      }
      at += 4; // preferred read replica
      const size = Math.max(0, int32());
      const recordSet = bytes.subarray(at, at + size);
      at += size;
      partitions.push({
        topic,
        partition,
        errorCode,
        highWatermark,
        lastStableOffset,
        logStart,
        abortedTransactions,
        recordSet,
      });
    }
  }
  return { clientSideThrottleTime: bytes.readInt32BE(0), partitions };
}
