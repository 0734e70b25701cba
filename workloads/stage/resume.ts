import type { Checkpoint, Positions } from "./checkpoint";

/** What a new owner of a lane group does after its fence, by the checkpoints that it found. */
export type Resume =
  /** Former owners of its lanes under another mapping, or of another source, may still be running: fence them, then read those partitions again. */
  | { act: "fence"; owners: { partition: number; transactionalIds: [string, string] }[] }
  /** The stage was placed anew since this replica was made. */
  | { act: "stand-down"; generation: number; place: string }
  /** Its lanes' positions are those of another topic, which had the name of this one. */
  | { act: "block"; topicId: string }
  /** Positions of its lanes, as far as there are any; and what the partition held for others. */
  | {
      act: "run";
      positions: Positions;
      carried: Pick<Checkpoint, "positions" | "topicIds">;
      claim: number;
    };

export interface ResumeArgs {
  group: number;
  laneGroups: number;
  lanes: readonly number[];
  source: string;
  /** Of the source as it is now; none of a device. */
  topicId?: string | undefined;
  generation: number;
  /** By partition of the checkpoint topic; the own one was read after the fence of the own ids. */
  checkpoints: ReadonlyMap<number, Checkpoint>;
  /** Partitions whose writers have been fenced before they were read. */
  fenced: ReadonlySet<number>;
}

/**
 * Decides how to go on. Positions only grow and each was committed by the lane's only owner, so the greatest one found is
 * the lane's.
 */
export function planResume(args: ResumeArgs): Resume {
  const { group, laneGroups, lanes, source, topicId, generation, checkpoints, fenced } = args;
  const own = checkpoints.get(group);
  const mine = [...checkpoints].filter(
    ([partition, { laneGroups: theirs }]) => partition === group || lanes.some((lane) => lane % theirs === partition),
  );
  const newest = mine.map(([, checkpoint]) => checkpoint).reduce<Checkpoint | undefined>(later, undefined);
  if (newest && newest.generation > generation) {
    return { act: "stand-down", generation: newest.generation, place: newest.place };
  }
  const unsure = mine.filter(
    ([partition, checkpoint]) =>
      !fenced.has(partition) && (checkpoint.laneGroups !== laneGroups || checkpoint.source !== source),
  );
  if (unsure.length > 0) {
    return {
      act: "fence",
      owners: unsure.map(([partition, { transactionalIds }]) => ({ partition, transactionalIds })),
    };
  }
  const positions: Positions = new Map();
  for (const checkpoint of checkpoints.values()) {
    const known = [...(checkpoint.positions.get(source) ?? [])].filter(([lane]) => lanes.includes(lane));
    for (const [lane, at] of known) if (at > (positions.get(lane) ?? -1n)) positions.set(lane, at);
    const stored = checkpoint.topicIds.get(source);
    if (known.length > 0 && stored !== undefined && stored !== topicId) return { act: "block", topicId: stored };
  }
  return {
    act: "run",
    positions,
    carried: own ?? { positions: new Map(), topicIds: new Map() },
    claim: Math.max(0, ...mine.map(([, { claim }]) => claim)) + 1,
  };
}

function later(a: Checkpoint | undefined, b: Checkpoint): Checkpoint {
  return a === undefined || b.generation > a.generation ? b : a;
}
