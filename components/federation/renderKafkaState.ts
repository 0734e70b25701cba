import type { KafkaState } from "../../core/contract/kafkaState";
import type { ClusterPlan } from "../../core/placement/planPlacement";
import { replication } from "../kafka";

/**
 * What a cluster's Kafka shall hold for the federation: its topics with as many replicas as its brokers allow.
 *
 * @param brokers how many brokers the cluster has: one per host
 */
export function renderKafkaState(
  { topics, users }: ClusterPlan,
  brokers: number,
  deleteDataOfRemovedTopics: boolean,
): KafkaState {
  const { factor, minInSync } = replication(brokers);
  return {
    topics: topics.map(({ name, partitions, config }) => ({
      name,
      partitions,
      replicationFactor: factor,
      config: { ...config, "min.insync.replicas": String(minInSync) },
    })),
    users,
    deleteDataOfRemovedTopics,
  };
}
