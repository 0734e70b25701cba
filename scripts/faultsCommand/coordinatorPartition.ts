/**
 * Partition of `__consumer_offsets` or `__transaction_state` whose leader coordinates `name`, a consumer group or a transactional
 * id: Java's `String.hashCode`, then Kafka's `Utils.abs`, of which the least integer is 0. Pure.
 */
export function coordinatorPartition(name: string, partitions: number): number {
  let hash = 0;
  for (let at = 0; at < name.length; at++) hash = (Math.imul(hash, 31) + name.charCodeAt(at)) | 0;
  return hash === -(2 ** 31) ? 0 : Math.abs(hash) % partitions;
}
