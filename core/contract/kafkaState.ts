/**
 * Desired state of one Kafka cluster, as a Pulumi stack hands it to the reconcile Job (a JSON file from a ConfigMap;
 * passwords are files of a Secret, one per user, named as the user).
 */
export interface KafkaState {
  topics: TopicState[];
  users: UserState[];
  /** Topics, users and ACLs named here were wanted before and are not any more. */
  removed?: { topics?: string[]; users?: string[] };
  /** Deleting a topic that still holds records is refused unless this is true. */
  deleteDataOfRemovedTopics?: boolean;
}

export interface TopicState {
  name: string;
  partitions: number;
  replicationFactor: number;
  /** Topic configs, for example `min.insync.replicas`. */
  config: Record<string, string>;
}

/** A SCRAM-SHA-512 user and exactly what it may do. */
export interface UserState {
  name: string;
  /** Super users need no rights; brokers list them (`super.users`). */
  rights: Right[];
}

export interface Right {
  resource: "topic" | "group" | "transactional-id" | "cluster";
  name: string;
  pattern: "literal" | "prefixed";
  operations: ("read" | "write" | "describe" | "create" | "alter" | "describe-configs" | "idempotent-write")[];
}
