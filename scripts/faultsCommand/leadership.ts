import type { ClusterOutputs } from "../../core/contract/outputs";
import { coordinatorPartition } from "./coordinatorPartition";
import { withKafkaAdmin } from "./kafkaAdmin";

/** What a host's broker leads, of what a stage needs. */
export interface Leadership {
  /** Lanes of the stream. */
  lanes: number[];
  /** Whether it coordinates the stage's consumer group. */
  coordinates: boolean;
}

/** @param host whose broker is looked at  @param group the stage's consumer group, on the same cluster */
export function readLeadership(
  outputs: ClusterOutputs,
  host: string,
  { topic, group }: { topic: string; group: string },
): Promise<Leadership> {
  return withKafkaAdmin(outputs, async (admin) => {
    const address = outputs.hosts[host]?.address;
    const { brokers } = await admin.describeCluster();
    const id = brokers.find((broker) => broker.host === address)?.nodeId;
    const { topics } = await admin.fetchTopicMetadata({ topics: [topic, "__consumer_offsets"] });
    const led = (name: string): number[] =>
      topics
        .find((each) => each.name === name)!
        .partitions.filter(({ leader }) => leader === id)
        .map(({ partitionId }) => partitionId)
        .sort((a, b) => a - b);
    const partitions = topics.find(({ name }) => name === "__consumer_offsets")!.partitions.length;
    return {
      lanes: led(topic),
      coordinates: led("__consumer_offsets").includes(coordinatorPartition(group, partitions)),
    };
  });
}
