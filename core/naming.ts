/**
 * Every name that two parts must agree on. Keyed by stream, stage and host names, never by an index or a place:
 * changing one needs an alias and a decision record, because brokers keep data and fences under them.
 */

/** The Kafka topic that holds a stream. */
export function topicOfStream(stream: string): string {
  return stream;
}

/** Compacted topic at the destination that holds where each lane group of a stage stands. */
export function checkpointTopic(pipeline: string, stage: string): string {
  return `${pipeline}.checkpoints.${stage}`;
}

/** Where records go that a stage cannot process, with the reason. */
export function deadLetterTopic(pipeline: string, stage: string): string {
  return `${pipeline}.dead-letters.${stage}`;
}

/** Consumer group that hands lane groups to the replicas of a stage. It never stores positions. */
export function stageGroup(pipeline: string, stage: string): string {
  return `${pipeline}.${stage}`;
}

/** Prefix of all transactional ids of a stage; what its ACL allows. */
export function transactionalIdPrefix(pipeline: string, stage: string): string {
  return `${pipeline}.${stage}.`;
}

/**
 * The fence of one lane group. Holds what is processed and never where: a stage that moved must be able to fence
 * the copy it left behind. Two ids are used in turn (design 6).
 */
export function transactionalId(
  pipeline: string,
  stage: string,
  source: { clusterId: string; topic: string },
  group: number,
  turn: 0 | 1,
): string {
  return `${transactionalIdPrefix(pipeline, stage)}${source.clusterId}.${source.topic}.${group}.${turn}`;
}

/** Kafka user of a stage. */
export function stageUser(pipeline: string, stage: string): string {
  return `${pipeline}.${stage}`;
}

/** The name under which every host of a cluster reaches the API on itself, through its own HAProxy. */
export function apiEndpointName(cluster: string): string {
  return `api.${cluster}.iotef`;
}
