import type { ClusterConnection } from "./connection";
import { flexibleRequest, noTags, sizeOfString, writeLength, writeString, type AnswerReader } from "./flexible";
import type { ProtocolRequest } from "./internals";

/** The first version that asks by name and answers with ids. */
const api = { key: 3, version: 12, name: "Metadata" };
const noId = "00000000000000000000000000000000";

/**
 * Kafka's id of a topic (32 hex digits), which a topic made again under an old name does not have. kafkajs knows no version of
 * Metadata with ids, so this is a request of its own.
 * @returns undefined where the broker tells none
 */
export function topicIdOf(connection: ClusterConnection, topic: string): Promise<string | undefined> {
  return connection.persist(`asking for the id of topic ${topic}`, new Set(), async () => {
    const broker = await connection.anyBroker();
    const id = await broker.connectionPool.send(metadataRequest(topic));
    return id === noId ? undefined : id;
  });
}

/** Asks for one topic, without its id, without creating it and without the operations that are allowed on it. */
function metadataRequest(topic: string): ProtocolRequest<string> {
  const body = Buffer.alloc(1 + 1 + 16 + sizeOfString(topic) + 1 + 3, noTags);
  const at = writeLength(body, 1, 1);
  writeString(body, at + 16, topic);
  return flexibleRequest(api, body, readTopicId);
}

/** Skips brokers, cluster id and controller to the first topic's id. An unknown topic has none. */
function readTopicId(answer: AnswerReader): string {
  answer.int32(); // throttle time
  answer.array(() => {
    answer.int32();
    answer.string();
    answer.int32();
    answer.string();
    answer.skipTags();
  });
  answer.string();
  answer.int32();
  answer.length();
  answer.int16(); // error code
  answer.string();
  return answer.uuid();
}
