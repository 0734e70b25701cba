import type { ClusterConnection } from "./connection";
import { fetchRecords, type FetchLimits } from "./fetch";
import { leaderErrors, offsetOf } from "./offsets";
import type { StoredRecord } from "./recordBatch";

/** Records before the end that are looked at first; eight times as many with each further step back. */
const firstWindow = 32n;
const windowGrowth = 8n;
/** How long a broker may hold a read that stands before an open transaction. */
const settlingPollMs = 50;

/** A transaction stayed open for longer than the reader was told to wait. */
export class Unsettled extends Error {
  constructor(topic: string, partition: number, end: bigint, stable: bigint, waitedMs: number) {
    super(
      `${topic}/${partition}: a transaction is still open before offset ${end} (stable up to ${stable}) after ${waitedMs} ms`,
    );
    this.name = "Unsettled";
  }
}

/** What a backward read found, and where it began: the high watermark. */
export interface LastCommitted {
  record: StoredRecord | null;
  end: bigint;
}

/**
 * The last committed record with this key, or null. Reads backwards from the high watermark, so its cost does not grow with
 * the log.
 * @param settleMs how long to wait until no transaction is open before the end; 0 reads what is visible at once. A read that
 *   does not wait can miss the newest record silently: even one whose commit was answered, until its marker is written
 *   (facts/kafka.md B1).
 * A broker that has lost the partition and does not know it yet answers with an older end, and without an error.
 * @throws Unsettled
 */
export async function readLastCommitted(
  connection: ClusterConnection,
  topic: string,
  partition: number,
  key: string,
  settleMs: number,
): Promise<LastCommitted> {
  const start = performance.now();
  const [low, end] = await Promise.all([
    offsetOf(connection, "start", topic, partition),
    offsetOf(connection, "highWatermark", topic, partition),
  ]);
  let upTo = end;
  for (let window = firstWindow; ; window *= windowGrowth) {
    const from = end - window > low ? end - window : low;
    let found: StoredRecord | null = null;
    for (let at = from; at < upTo;) {
      const fetched = await fetchOne(connection, topic, partition, at, {
        maxWaitMs: settleMs === 0 ? 0 : settlingPollMs,
      });
      for (const record of fetched.records) {
        if (record.offset < upTo && record.key?.toString("utf8") === key) found = record;
      }
      if (fetched.next > at) at = fetched.next;
      else if (fetched.lastStableOffset < end) {
        if (settleMs === 0) break;
        const waited = performance.now() - start;
        if (waited > settleMs) throw new Unsettled(topic, partition, end, fetched.lastStableOffset, Math.round(waited));
        await new Promise((resolve) => setTimeout(resolve, 5));
      } else at++; // nothing is left of what compaction emptied: step over
    }
    if (found !== null || from === low) return { record: found, end };
    upTo = from;
  }
}

/**
 * All records with this key whose transactions may still be open, whether they will be committed or aborted: those from the
 * last stable offset on. Reads what is there and waits for nothing.
 */
export async function readUndecided(
  connection: ClusterConnection,
  topic: string,
  partition: number,
  key: string,
): Promise<StoredRecord[]> {
  const [stable, end] = await Promise.all([
    offsetOf(connection, "lastStable", topic, partition),
    offsetOf(connection, "highWatermark", topic, partition),
  ]);
  const found: StoredRecord[] = [];
  for (let at = stable; at < end;) {
    const { records, next } = await fetchOne(connection, topic, partition, at, { maxWaitMs: 0, uncommitted: true });
    found.push(...records.filter((record) => record.offset < end && record.key?.toString("utf8") === key));
    at = next > at ? next : at + 1n;
  }
  return found;
}

function fetchOne(
  connection: ClusterConnection,
  topic: string,
  partition: number,
  offset: bigint,
  limits: Omit<FetchLimits, "maxBytes">,
) {
  return connection.persist(`reading ${topic}/${partition} at ${offset}`, leaderErrors, async () => {
    const broker = await connection.leaderOf(topic, partition);
    const position = { partition, offset, maxBytes: 1 << 20 };
    const [fetched] = await fetchRecords(broker, { topic }, [position], { ...limits, maxBytes: 1 << 20 });
    if (fetched!.error !== undefined) throw fetched!.error;
    return fetched!;
  });
}
