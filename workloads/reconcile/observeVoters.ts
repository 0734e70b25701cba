import { describeQuorumV2, type Admin } from "@platformatic/kafka";
import { anyConnection } from "./connect";

/** A controller, or one that only follows: its broker id and the identity of its disk. */
export interface QuorumMember {
  id: number;
  /** As a UUID with dashes; Kafka's files have the same bytes in base64url. */
  directoryId: string;
  /** When it last asked the leader for more, milliseconds since the epoch; the leader itself has now. */
  lastFetch: bigint;
}

/** Who votes on the cluster's metadata, and who follows without a vote. Reads only. */
export async function observeVoters(admin: Admin): Promise<{ voters: QuorumMember[]; observers: QuorumMember[] }> {
  const asked = [{ topicName: "__cluster_metadata", partitions: [{ partitionIndex: 0 }] }];
  const { topics } = await describeQuorumV2.api.async(await anyConnection(admin), asked);
  const { currentVoters = [], observers = [] } = topics[0]?.partitions[0] ?? {};
  const members = (found: typeof currentVoters): QuorumMember[] =>
    found.map(({ replicaId, replicaDirectoryId, lastFetchTimestamp }) => ({
      id: replicaId,
      directoryId: replicaDirectoryId,
      lastFetch: lastFetchTimestamp,
    }));
  return { voters: members(currentVoters), observers: members(observers) };
}
