import {
  flexibleRequest,
  noTags,
  sizeOfLength,
  sizeOfString,
  writeLength,
  writeString,
  type AnswerReader,
} from "./flexible";
import type { ProtocolRequest } from "./internals";

/** The last version that names topics, and the first that tells them by their ids. */
const versions = { byName: 12, byId: 13 };

export interface FetchRequest {
  topic: string;
  /** Kafka's id of the topic: one that was made again under the name has another, and is not read from in its place. */
  topicId: string | undefined;
  positions: readonly { partition: number; offset: bigint; maxBytes: number }[];
  maxWaitMs: number;
  maxBytes: number;
  uncommitted: boolean;
}

export interface FetchAnswer {
  /** How long the broker wants to be left alone, milliseconds; kafkajs keeps to it by this name. */
  clientSideThrottleTime: number;
  /** Of the request as a whole. */
  errorCode: number;
  partitions: PartitionAnswer[];
}

/** `recordSet` is a view of the answer. */
export interface PartitionAnswer {
  partition: number;
  errorCode: number;
  highWatermark: bigint;
  lastStableOffset: bigint;
  logStart: bigint;
  abortedTransactions: { producerId: bigint; firstOffset: bigint }[];
  recordSet: Buffer;
}

/** A fetch outside any session, of partitions of one topic. */
export function fetchRequest(asked: FetchRequest): ProtocolRequest<FetchAnswer> {
  const { topicId } = asked;
  const version = topicId === undefined ? versions.byName : versions.byId;
  return flexibleRequest({ key: 1, version, name: "Fetch" }, encode(asked), (answer) => decode(answer, topicId));
}

const partitionSize = 33;

function encode({ topic, topicId, positions, maxWaitMs, maxBytes, uncommitted }: FetchRequest): Buffer {
  const topicSize = topicId === undefined ? sizeOfString(topic) : 16;
  const size = 26 + 1 + topicSize + sizeOfLength(positions.length) + positions.length * partitionSize + 4;
  const body = Buffer.alloc(size, noTags);
  let at = body.writeInt32BE(-1, 1); // replica id: a consumer
  at = body.writeInt32BE(maxWaitMs, at);
  at = body.writeInt32BE(1, at); // least bytes
  at = body.writeInt32BE(maxBytes, at);
  at = body.writeInt8(uncommitted ? 0 : 1, at);
  at = body.writeInt32BE(0, at); // session
  at = body.writeInt32BE(-1, at); // session epoch
  at = writeLength(body, at, 1);
  at = topicId === undefined ? writeString(body, at, topic) : at + body.write(topicId, at, "hex");
  at = writeLength(body, at, positions.length);
  for (const { partition, offset, maxBytes: most } of positions) {
    at = body.writeInt32BE(partition, at);
    at = body.writeInt32BE(-1, at); // leader epoch, as known
    at = body.writeBigInt64BE(offset, at);
    at = body.writeInt32BE(-1, at); // epoch of the last record
    at = body.writeBigInt64BE(-1n, at); // log start: followers only
    at = body.writeInt32BE(most, at) + 1;
  }
  at = writeLength(body, at + 1, 0); // forgotten topics
  writeString(body, at, ""); // rack
  return body;
}

function decode(answer: AnswerReader, topicId: string | undefined): FetchAnswer {
  const clientSideThrottleTime = answer.int32();
  const errorCode = answer.int16();
  answer.int32(); // session
  const topics = answer.array(() => {
    if (topicId === undefined) answer.string();
    else answer.uuid();
    const partitions = answer.array(() => readPartition(answer));
    answer.skipTags();
    return partitions;
  });
  return { clientSideThrottleTime, errorCode, partitions: topics.flat() };
}

function readPartition(answer: AnswerReader): PartitionAnswer {
  const partition = answer.int32();
  const errorCode = answer.int16();
  const [highWatermark, lastStableOffset, logStart] = [answer.int64(), answer.int64(), answer.int64()];
  const abortedTransactions = answer.array(() => {
    const transaction = { producerId: answer.int64(), firstOffset: answer.int64() };
    answer.skipTags();
    return transaction;
  });
  answer.int32(); // preferred read replica
  const recordSet = answer.bytes();
  answer.skipTags();
  return { partition, errorCode, highWatermark, lastStableOffset, logStart, abortedTransactions, recordSet };
}
