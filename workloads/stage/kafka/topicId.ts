import type { ClusterConnection } from "./connection";
import type { ProtocolRequest } from "./internals";

/** First and only version used: the first that asks by name and answers with ids. */
const metadataVersion = 12;
const noId = "00000000000000000000000000000000";

/**
 * Kafka's id of a topic (32 hex digits), which a topic made again under an old name does not have. kafkajs knows no version of
 * Metadata with ids, so this is a request of its own.
 * @returns undefined where the broker tells none
 */
export function topicIdOf(connection: ClusterConnection, topic: string): Promise<string | undefined> {
  return connection.persist(`asking for the id of topic ${topic}`, new Set(), async () => {
    const broker = await connection.leaderOf(topic, 0);
    const id = await broker.connectionPool.send(metadataRequest(topic));
    return id === noId ? undefined : id;
  });
}

function metadataRequest(topic: string): ProtocolRequest<string> {
  const name = Buffer.from(topic);
  const body = Buffer.concat([
    Buffer.from([0]), // header tags: this version has the flexible header, of which kafkajs writes all but these
    Buffer.from([2]), // one topic
    Buffer.alloc(16), // no id
    compactLength(name.length),
    name,
    Buffer.from([0]), // tags of the topic
    Buffer.from([0, 0, 0]), // no auto-creation, no authorized operations; tags
  ]);
  return {
    request: {
      apiKey: 3,
      apiVersion: metadataVersion,
      apiName: "Metadata",
      encode: async () => ({ buf: body, buffer: body, size: () => body.length }),
    },
    response: { decode: async (bytes) => decodeTopicId(bytes), parse: async (id) => id },
  };
}

/** Skips brokers, cluster id and controller to the first topic's id. */
function decodeTopicId(bytes: Buffer): string {
  let at = 1 + 4; // header tags, throttle time
  const varint = () => {
    let value = 0;
    for (let shift = 0; ; shift += 7) {
      const byte = bytes[at++]!;
      value |= (byte & 127) << shift;
      if (byte < 128) return value;
    }
  };
  const skipString = () => {
    const length = varint() - 1;
    if (length > 0) at += length;
  };
  const skipTags = () => {
    for (let left = varint(); left > 0; left--) {
      varint();
      const size = varint();
      at += size;
    }
  };
  for (let brokers = varint() - 1; brokers > 0; brokers--) {
    at += 4;
    skipString();
    at += 4;
    skipString();
    skipTags();
  }
  skipString();
  at += 4;
  varint(); // number of topics: the one asked for
  at += 2; // its error code; an unknown topic has no id either
  skipString();
  return bytes.toString("hex", at, at + 16);
}

function compactLength(length: number): Buffer {
  const value = length + 1;
  return value < 128 ? Buffer.from([value]) : Buffer.from([(value & 127) | 128, value >> 7]);
}
