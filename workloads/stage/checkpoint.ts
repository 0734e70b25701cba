import { z } from "zod";
import type { PartitionRecords } from "./kafka/produce";

/** Positions by lane, as far as the group of the record knows them. */
export type Positions = Map<number, bigint>;

/** What a lane group commits together with its outputs: one record, key `checkpointKey`, in the partition of the group's number. */
export interface Checkpoint {
  /**
   * By source (`sourceKey`): positions of all lanes that this partition ever held. Own lanes move on; the others stay as they
   * were, for the owners that a changed number of lane groups gave them to.
   */
  positions: Map<string, Positions>;
  /** The source that was read when the record was written. */
  source: string;
  /** By source: Kafka's id of the topic that its positions belong to; one made again under its old name has another. */
  topicIds: Map<string, string>;
  laneGroups: number;
  generation: number;
  /** Grows with each owner. */
  claim: number;
  place: string;
  /** Whom to fence before this record may be taken for the last one. */
  transactionalIds: [string, string];
}

export function checkpointKey(stage: string, group: number): string {
  return `${stage}/${group}`;
}

export function sourceKey(source: { clusterId: string; topic: string }): string {
  return `${source.clusterId}/${source.topic}`;
}

/** The checkpoint as a transaction writes it: into the partition of the group's number. */
export function checkpointPart(topic: string, stage: string, group: number, checkpoint: Checkpoint): PartitionRecords {
  const key = Buffer.from(checkpointKey(stage, group));
  const value = Buffer.from(formatCheckpoint(checkpoint));
  return { topic, partition: group, records: [{ key, value, headers: [], timestamp: Date.now() }] };
}

const schema = z.object({
  version: z.literal(1),
  positions: z.record(z.string(), z.record(z.string().regex(/^\d+$/), z.string().regex(/^\d+$/))),
  source: z.string(),
  // Checkpoints of before this field know of none.
  topicIds: z.record(z.string(), z.string()).default({}),
  laneGroups: z.number().int().positive(),
  generation: z.number(),
  claim: z.number().int(),
  place: z.string(),
  transactionalIds: z.tuple([z.string(), z.string()]),
});

export function formatCheckpoint({ positions, topicIds, ...rest }: Checkpoint): string {
  const plain = Object.fromEntries(
    [...positions].map(([source, lanes]) => [
      source,
      Object.fromEntries([...lanes].map(([lane, at]) => [lane, String(at)])),
    ]),
  );
  return JSON.stringify({ version: 1, ...rest, topicIds: Object.fromEntries(topicIds), positions: plain });
}

/** @throws Error when the text is not a checkpoint of a known version */
export function parseCheckpoint(text: string): Checkpoint {
  const { version: _, positions, topicIds, ...rest } = schema.parse(JSON.parse(text));
  const bySource = Object.entries(positions).map(([source, lanes]): [string, Positions] => [
    source,
    new Map(Object.entries(lanes).map(([lane, at]) => [Number(lane), BigInt(at)])),
  ]);
  return { ...rest, topicIds: new Map(Object.entries(topicIds)), positions: new Map(bySource) };
}
