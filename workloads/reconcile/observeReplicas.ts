import { metadataV12, type Admin } from "@platformatic/kafka";
import { anyConnection } from "./connect";
import type { PartitionPlace } from "./planDrain";

/** Brokers that are there, and where the copies of every partition of every topic are, internal ones too. Reads only. */
export async function observeReplicas(admin: Admin): Promise<{ alive: number[]; partitions: PartitionPlace[] }> {
  const { brokers, topics } = await metadataV12.api.async(await anyConnection(admin), null, false, false);
  return {
    alive: brokers.map(({ nodeId }) => nodeId).sort((a, b) => a - b),
    partitions: topics.flatMap(({ name, partitions }) =>
      partitions.map(({ partitionIndex, replicaNodes, isrNodes }) => ({
        topic: name ?? "",
        partition: partitionIndex,
        replicas: replicaNodes,
        inSync: isrNodes,
      })),
    ),
  };
}
