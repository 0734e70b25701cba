import type { State } from "./lifecycle";

/** What health is judged by. */
export interface StageStatus {
  isMember: boolean;
  /** Seconds since the consumer group last answered. */
  silence: number;
  stopping: boolean;
  groups: { group: number; state: State; reason: string }[];
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

/** Live: worth keeping. A stage that waits for brokers, or is blocked by a gap in its source, is not mended by a restart. */
export function judgeLiveness({ silence, stopping }: StageStatus): Verdict {
  if (stopping || silence < tooLongSilent)
    return { ok: true, reasons: [`the group answered ${Math.round(silence)} s ago`] };
  return { ok: false, reasons: [`the consumer group has not answered for ${Math.round(silence)} s`] };
}

/** Ready: a member of the group, and every lane group that it has is running; a spare has none and is ready too. */
export function judgeReadiness({ isMember, stopping, groups }: StageStatus): Verdict {
  const reasons: string[] = [];
  if (stopping) reasons.push("draining");
  if (!isMember) reasons.push("not a member of the stage's consumer group yet");
  for (const { group, state, reason } of groups) {
    if (state !== "running") reasons.push(`lane group ${group} is ${state}: ${reason}`);
  }
  if (reasons.length > 0) return { ok: false, reasons };
  const what =
    groups.length === 0
      ? "a spare: all lanes are with others"
      : `running lane groups ${groups.map(({ group }) => group).join(", ")}`;
  return { ok: true, reasons: [what] };
}
