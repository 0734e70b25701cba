import type { Admin } from "kafkajs";
import type { ClusterOutputs } from "../../core/contract/outputs";
import { withKafkaAdmin } from "./kafkaAdmin";

export interface BrokerStates {
  /** Brokers that the cluster counts in. */
  alive: number;
  /** Partitions of all topics, Kafka's own too. */
  partitions: number;
  /** Partitions without a leader: nothing can be read or written there. */
  leaderless: number;
  /** How many partitions have so many replicas in sync, by that number. */
  inSync: Record<number, number>;
  /** Partitions that miss a replica. */
  behind: number;
}

/** What the brokers of a cluster say of themselves. @throws when none of them answers, or their controllers have no majority */
export function readBrokers(outputs: ClusterOutputs): Promise<BrokerStates> {
  return withKafkaAdmin(outputs, async (admin) => {
    await askControllers(admin);
    const { brokers } = await admin.describeCluster();
    const { topics } = await admin.fetchTopicMetadata();
    return countReplicas(
      brokers.length,
      topics.flatMap(({ partitions }) => partitions),
    );
  });
}

/** Brokers whose controllers are gone answer with what they heard last: all are alive and in sync. This makes nothing. */
async function askControllers(admin: Admin): Promise<void> {
  const topics = [{ topic: "iotef.faults.probe", numPartitions: 1, replicationFactor: 1 }];
  await admin.createTopics({ topics, validateOnly: true, waitForLeaders: false });
}

/** Pure. */
export function countReplicas(
  alive: number,
  partitions: readonly { leader: number; isr: readonly number[]; replicas: readonly number[] }[],
): BrokerStates {
  const inSync: Record<number, number> = {};
  for (const { isr } of partitions) inSync[isr.length] = (inSync[isr.length] ?? 0) + 1;
  return {
    alive,
    partitions: partitions.length,
    leaderless: partitions.filter(({ leader }) => leader < 0).length,
    inSync,
    behind: partitions.filter(({ isr, replicas }) => isr.length < replicas.length).length,
  };
}

/** `5/5 in sync` or `3/5: 40, 5/5: 2`: how many partitions have how many replicas in sync. Pure. */
export function describeInSync({ inSync, leaderless }: BrokerStates, replicas: number): string {
  const sizes = Object.entries(inSync).sort(([a], [b]) => Number(a) - Number(b));
  const parts = sizes.map(([size, count]) => `${size}/${replicas}${sizes.length > 1 ? `: ${count}` : ""}`);
  return [...parts, ...(leaderless > 0 ? [`${leaderless} without a leader`] : [])].join(", ");
}
