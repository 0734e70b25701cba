import type { ClusterConnection } from "./connection";
import { errorOfCode } from "./failure";
import { askMetadata } from "./metadata";
import { leaderErrors } from "./offsets";

/**
 * Kafka's id of a topic, which a topic made again under an old name does not have.
 * @throws KafkaFailure UNKNOWN_TOPIC_OR_PARTITION where brokers go on not to know it
 */
export function topicIdOf(connection: ClusterConnection, topic: string): Promise<string> {
  return connection.persist(`asking for the id of topic ${topic}`, leaderErrors, async () => {
    const [found] = (await askMetadata(await connection.anyBroker(), [topic])).topics;
    if (found!.errorCode !== 0) throw errorOfCode(found!.errorCode);
    return found!.id;
  });
}
