import {
  flexibleRequest,
  noTags,
  sizeOfLength,
  sizeOfString,
  writeLength,
  writeString,
  type AnswerReader,
} from "./flexible";
import type { Broker } from "./internals";

/** The first version that asks by name and answers with ids. kafkajs knows no version with ids of topics. */
const api = { key: 3, version: 12, name: "Metadata" };

export interface Metadata {
  /** Kafka's id of the cluster. */
  clusterId: string | null;
  /** In the order that they were asked for. The id is 32 hex digits. */
  topics: { errorCode: number; id: string }[];
}

/** Asks one broker about its cluster and about topics, without creating them. */
export function askMetadata(broker: Broker, topics: readonly string[]): Promise<Metadata> {
  const size = topics.reduce((sum, topic) => sum + 16 + sizeOfString(topic) + 1, 0);
  const body = Buffer.alloc(1 + sizeOfLength(topics.length) + size + 3, noTags);
  let at = writeLength(body, 1, topics.length);
  for (const topic of topics) at = writeString(body, at + 16, topic) + 1;
  return broker.connectionPool.send(flexibleRequest(api, body, readMetadata));
}

function readMetadata(answer: AnswerReader): Metadata {
  answer.int32(); // throttle time
  answer.array(() => {
    answer.int32();
    answer.string();
    answer.int32();
    answer.string();
    answer.skipTags();
  });
  const clusterId = answer.string();
  answer.int32(); // controller
  const topics = answer.array(() => {
    const errorCode = answer.int16();
    answer.string();
    const id = answer.uuid();
    answer.skip(1); // internal
    answer.array(() => skipPartition(answer));
    answer.int32(); // operations
    answer.skipTags();
    return { errorCode, id };
  });
  return { clusterId, topics };
}

function skipPartition(answer: AnswerReader): void {
  answer.skip(2 + 4 + 4 + 4); // error, partition, leader and its epoch
  for (let lists = 3; lists > 0; lists--) answer.array(() => answer.int32()); // replicas, those in sync, those offline
  answer.skipTags();
}
