import type { StreamConfig } from "../config/schema";
import { topicOfStream } from "../naming";
import type { StagePlan } from "./planPlacement";

/** A topic as the configuration wants it; replicas, and the largest batch, depend on its cluster's brokers. */
export interface TopicPlan {
  name: string;
  partitions: number;
  /** Topic configs; what is not here follows from the cluster. */
  config: Record<string, string>;
}

/** Dead letters are looked at by people: kept for a month, hours. */
const deadLetterHours = 30 * 24;

export function planStreamTopic(stream: string, { partitions, retention }: StreamConfig): TopicPlan {
  return {
    name: topicOfStream(stream),
    partitions,
    config: {
      "cleanup.policy": "delete",
      ...(retention.hours === undefined ? {} : { "retention.ms": milliseconds(retention.hours) }),
      ...(retention.mebibytesPerPartition === undefined
        ? {}
        : { "retention.bytes": String(retention.mebibytesPerPartition * 1024 * 1024) }),
    },
  };
}

/** What a stage keeps beside its output, at the destination: where it stands, and what it could not process. */
export function planStageTopics({ checkpointTopic, deadLetterTopic, laneGroups, to }: StagePlan): TopicPlan[] {
  return [
    {
      name: checkpointTopic,
      // One partition per lane group: an open transaction in a shared one would hide the newest position (facts/kafka.md M).
      partitions: laneGroups,
      config: { "cleanup.policy": "compact" },
    },
    {
      name: deadLetterTopic,
      // A dead letter goes to the partition of its lane, so that this topic too has one writer per partition.
      partitions: to.partitions,
      config: { "cleanup.policy": "delete", "retention.ms": milliseconds(deadLetterHours) },
    },
  ];
}

function milliseconds(hours: number): string {
  return String(hours * 3_600_000);
}
