import type { UnderWay } from "./atWork";
import type { State } from "./lifecycle";

/** What health is judged by. */
export interface StageStatus {
  isMember: boolean;
  /** Why it is not. */
  trouble?: string | undefined;
  /** Seconds since the consumer group last answered. */
  silence: number;
  stopping: boolean;
  /** The others have the lane groups because it could not run them. */
  isLastResort: boolean;
  /** Each with what it has been doing for the longest time: a record in its processor, or a step on the way to the next one. */
  groups: {
    group: number;
    state: State;
    reason: string;
    /** Its lanes that stand still while it runs, with the reasons. */
    blocked: ReadonlyMap<number, string>;
    atWork?: UnderWay | undefined;
  }[];
}

export interface Verdict {
  ok: boolean;
  /** Why not, or what is going on; sentences for people. */
  reasons: string[];
}

/**
 * A group that has been silent for this long (seconds) means that this process has lost its way, not its brokers: kafkajs'
 * consumer crashes and restarts by itself within that time. Starting anew costs little.
 */
const tooLongSilent = 300;

/**
 * A processor that has not returned from one record for this long (seconds) is taken to hang, and so is a step with the brokers, each
 * of which gives up within a minute; a new process may get further.
 */
const tooLongAtWork = 300;

/** Live: worth keeping. A stage that waits for brokers, or is blocked by a gap in its source, is not mended by a restart. */
export function judgeLiveness({ silence, stopping, groups }: StageStatus): Verdict {
  const reasons = groups.flatMap(({ group, atWork }) =>
    atWork === undefined ? [] : [`lane group ${group} has been ${atWork.name} for ${Math.round(atWork.seconds)} s`],
  );
  const isSilent = silence >= tooLongSilent;
  reasons.unshift(
    isSilent
      ? `the consumer group has not answered for ${Math.round(silence)} s`
      : `the group answered ${Math.round(silence)} s ago`,
  );
  const hangs = groups.some(({ atWork }) => atWork !== undefined && atWork.seconds >= tooLongAtWork);
  return { ok: stopping || !(isSilent || hangs), reasons };
}

/**
 * Ready: a member of the group, and every lane group that it has is running, no lane of it blocked. A spare has none and is ready too, but for
 * one that could run none: a rollout would go on with such copies until no other is left.
 */
export function judgeReadiness({ isMember, trouble, stopping, isLastResort, groups }: StageStatus): Verdict {
  const reasons: string[] = [];
  if (stopping) reasons.push("draining");
  if (!isMember)
    reasons.push(`not a member of the stage's consumer group yet${trouble === undefined ? "" : `: ${trouble}`}`);
  if (isLastResort && groups.length === 0)
    reasons.push("could run none of the lane groups that it had: the others have them, and later it tries again");
  for (const { group, state, reason, blocked } of groups) {
    if (state !== "running") reasons.push(`lane group ${group} is ${state}: ${reason}`);
    for (const [lane, why] of blocked) reasons.push(`lane ${lane} is blocked: ${why}`);
  }
  if (reasons.length > 0) return { ok: false, reasons };
  const what =
    groups.length === 0
      ? "a spare: all lanes are with others"
      : `running lane groups ${groups.map(({ group }) => group).join(", ")}`;
  return { ok: true, reasons: [what] };
}
