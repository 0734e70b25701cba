import { messageOf } from "../../core/errors";
import { Blocked } from "./blocked";
import { checkpointKey, parseCheckpoint, type Checkpoint } from "./checkpoint";
import type { ClusterConnection } from "./kafka/connection";
import { readLastCommitted, readUndecided, Unsettled } from "./kafka/tail";
import type { StoredRecord } from "./kafka/recordBatch";
import { TransactionWriter } from "./kafka/writer";
import { planResume, type Resume } from "./resume";

/** How long to wait for transactions that a fence is settling, and for those that may claim lanes under another mapping. */
const settleMs = { fenced: 20_000, claims: 2_000 };

export interface RecoverArgs {
  stage: string;
  checkpointTopic: string;
  group: number;
  laneGroups: number;
  lanes: readonly number[];
  source: string;
  /** Name and id of the source's topic; a device has no id. */
  topic: string;
  topicId: string | undefined;
  generation: number;
  transactionTimeoutMs: number;
  /** The ids of the group with this number, whoever has them. */
  transactionalIdsOf: (group: number) => [string, string];
}

export type Recovered = Extract<Resume, { act: "run" }>;

/** The checkpoint's owner has a higher generation. */
export class Outranked extends Error {
  constructor(theirs: { generation: number; place: string }, mine: number) {
    super(`generation ${theirs.generation} at ${theirs.place} has the lanes since; this replica's is ${mine}`);
    this.name = "Outranked";
  }
}

/** Written into the group's partition, and not committed yet. */
export interface Claim {
  /** Where it stands in the log that all in-sync replicas have. */
  offset: bigint;
  commit: () => Promise<void>;
}

/** A broker that led the checkpoint's partition once, and had not heard that another does, told of an older end. It will pass. */
export class FormerLeader extends Error {
  constructor(topic: string, partition: number, end: bigint, offset: bigint) {
    super(
      `${topic}/${partition} was read to its end at ${end}, and the next record written stands at ${offset}: a former leader answered; reading anew`,
    );
    this.name = "FormerLeader";
  }
}

/**
 * Reads where the lanes of a group stand, after its own transactional ids were fenced. Former owners under another mapping of
 * lanes to groups are fenced too, as their checkpoints name them.
 *
 * The claim stands between two readings: of two owners under different mappings, each writes its claim before it reads for the
 * second time, so at least one sees the other's, open or committed, and fences it. Without that both might run a lane, each under
 * its own ids. That reading goes on beside the claim's commit: lanes stand still meanwhile.
 *
 * The claim also proves the reading of the group's own partition. A broker that was cut off from the others answers with an
 * old end and no error until it hears of its successor, but it cannot take the claim, which all in-sync replicas acknowledge.
 * After the fences nobody else writes this partition, so the claim must stand where the reading ended. Markers that are sent
 * twice and the like may come between at times: that costs another attempt. Partitions of other groups have no such proof.
 * @param claim writes a checkpoint that names this owner and moves nothing
 * @throws Outranked, FormerLeader; Blocked where a checkpoint cannot be read, or is about another topic
 */
export async function recover(
  connection: ClusterConnection,
  args: RecoverArgs,
  claim: (found: Recovered) => Promise<Claim>,
): Promise<Recovered> {
  const partitions = connection.partitionsOf(args.checkpointTopic);
  if (args.group >= partitions) {
    throw new Error(
      `topic ${args.checkpointTopic} has ${partitions} partitions; lane group ${args.group} needs one of its own`,
    );
  }
  const checkpoints = new Map<number, Checkpoint>();
  const ends = new Map<number, bigint>();
  const fenced = new Set<number>();
  const others = Array.from({ length: partitions }, (_, partition) => partition).filter(
    (partition) => partition !== args.group,
  );
  await Promise.all([read(args.group, settleMs.fenced), ...others.map((partition) => read(partition, 0))]);
  // Of another source's owner other ids were fenced than those that it has.
  if (checkpoints.get(args.group)?.source === args.source) fenced.add(args.group);
  const found = await fenceOthers();
  const { offset, commit } = await claim(found);
  const end = ends.get(args.group)!;
  if (offset !== end) throw new FormerLeader(args.checkpointTopic, args.group, end, offset);
  for (const partition of others) fenced.delete(partition);
  await Promise.all([commit(), ...others.map(readAgain)]);
  return fenceOthers();

  /** Until no checkpoint is left whose owner might still write these lanes. */
  async function fenceOthers(): Promise<Recovered> {
    for (;;) {
      const plan = planResume({ ...args, checkpoints, fenced });
      if (plan.act === "stand-down") throw new Outranked(plan, args.generation);
      if (plan.act === "block")
        throw new Blocked(
          `stream ${args.topic} was deleted and made again (topic id ${plan.topicId} became ${args.topicId}): its offsets mean other records now; give the stage a new name to read the new one from its start`,
        );
      if (plan.act === "run") return plan;
      await Promise.all(plan.owners.map(({ partition, transactionalIds }) => fence(partition, transactionalIds)));
    }
  }

  async function fence(partition: number, ids: [string, string]): Promise<void> {
    await new TransactionWriter(connection, ids, args.transactionTimeoutMs).fence();
    fenced.add(partition);
    await read(partition, settleMs.fenced);
  }

  /**
   * Peers under the same mapping are not waited for: one has a transaction open at almost any time, for seconds where brokers
   * are slow, and it cannot be about these lanes. The owner of a claim that stays open has died or hangs; it is fenced.
   */
  async function readAgain(partition: number): Promise<void> {
    const key = checkpointKey(args.stage, partition);
    const undecided = await readUndecided(connection, args.checkpointTopic, partition, key);
    const claimed = undecided.some((record) => parse(partition, record)?.laneGroups !== args.laneGroups);
    try {
      await read(partition, claimed ? settleMs.claims : 0);
    } catch (error) {
      if (!(error instanceof Unsettled)) throw error;
      await fence(partition, args.transactionalIdsOf(partition));
    }
  }

  async function read(partition: number, waitMs: number): Promise<void> {
    const key = checkpointKey(args.stage, partition);
    const { record, end } = await readLastCommitted(connection, args.checkpointTopic, partition, key, waitMs);
    ends.set(partition, end);
    const checkpoint = record && parse(partition, record);
    if (checkpoint) checkpoints.set(partition, checkpoint);
  }

  /** Undefined where the record says that there is none. */
  function parse(partition: number, { offset, value }: StoredRecord): Checkpoint | undefined {
    if (value === null) return undefined;
    const text = value.toString("utf8");
    try {
      return parseCheckpoint(text);
    } catch (error) {
      const place = `${args.checkpointTopic}/${partition} at offset ${offset}, key ${checkpointKey(args.stage, partition)}`;
      throw new Blocked(
        `checkpoint ${place} cannot be read: ${text.slice(0, 200)} (${messageOf(error)}); write one that can under this key and into this partition, with the positions to go on from, or give the stage a new name to read its source from the start`,
        { cause: error },
      );
    }
  }
}
