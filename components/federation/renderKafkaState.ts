import type { KafkaState } from "../../core/contract/kafkaState";
import type { ClusterPlan } from "../../core/placement/planPlacement";
import { replication } from "../kafka";
import type { ClusterAccess } from "./readCluster";

/**
 * What a cluster's Kafka shall hold for the federation: its topics with as many replicas, and batches as large, as its brokers
 * allow. The latter is set on every topic, as stages rely on it: where the two differ, a large record blocks a lane (facts/kafka.md
 * B17).
 */
export function renderKafkaState(
  { topics, users }: ClusterPlan,
  { hosts, kafkaMaxMessageBytes }: Pick<ClusterAccess, "hosts" | "kafkaMaxMessageBytes">,
  deleteDataOfRemovedTopics: boolean,
): KafkaState {
  const { factor, minInSync } = replication(Object.keys(hosts).length);
  return {
    topics: topics.map(({ name, partitions, config }) => ({
      name,
      partitions,
      replicationFactor: factor,
      config: {
        ...config,
        "max.message.bytes": String(kafkaMaxMessageBytes),
        "min.insync.replicas": String(minInSync),
      },
    })),
    users,
    deleteDataOfRemovedTopics,
  };
}
