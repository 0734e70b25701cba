import { stepDeadlineMs, type ClusterConnection } from "./connection";
import { KafkaFailure, kindOf } from "./failure";

/** Errors that pass once leaders have settled. */
export const leaderErrors: ReadonlySet<string> = new Set([
  "NOT_LEADER_FOR_PARTITION",
  "LEADER_NOT_AVAILABLE",
  "UNKNOWN_TOPIC_OR_PARTITION",
  "UNKNOWN_TOPIC_ID",
  "INCONSISTENT_TOPIC_ID",
  "REPLICA_NOT_AVAILABLE",
  "FENCED_LEADER_EPOCH",
  "UNKNOWN_LEADER_EPOCH",
  "OFFSET_NOT_AVAILABLE",
  "KAFKA_STORAGE_ERROR",
  "REQUEST_TIMED_OUT",
]);

/** Whether a partition may answer later, or another broker for it. */
export function isPassing(error: unknown): boolean {
  const { network, type } = kindOf(error instanceof KafkaFailure ? error.cause : error);
  return network || leaderErrors.has(type);
}

const which = {
  /** The first offset that is still there. */
  start: { timestamp: -2, isolationLevel: 0 },
  /** One past the last replicated record. */
  highWatermark: { timestamp: -1, isolationLevel: 0 },
  /** The first record of a transaction that may still be open, or the high watermark. */
  lastStable: { timestamp: -1, isolationLevel: 1 },
} as const;

/**
 * Asks the partition's leader, whoever that is by now.
 * @param deadlineMs after so long it is not asked again
 */
export function offsetOf(
  connection: ClusterConnection,
  kind: keyof typeof which,
  topic: string,
  partition: number,
  deadlineMs = stepDeadlineMs,
): Promise<bigint> {
  const { timestamp, isolationLevel } = which[kind];
  const ask = async () => {
    const broker = await connection.leaderOf(topic, partition);
    const answer = await broker.listOffsets({
      replicaId: -1,
      isolationLevel,
      topics: [{ topic, partitions: [{ partition, timestamp }] }],
    });
    return BigInt(answer.responses[0]!.partitions[0]!.offset);
  };
  return connection.persist(`asking for the ${kind} of ${topic}/${partition}`, leaderErrors, ask, deadlineMs);
}
