import type { Outcome } from "./figures";

/** A goal of the product and how far it is reached. */
export interface Goal {
  text: string;
  /** The figure that the goal is about, in words. */
  measured: string;
  met: boolean;
}

/** What the stage runtime is meant to reach: images, clusters side by side. Those whose figures are missing are left out. */
export function judgeGoals(outcomes: readonly Outcome[]): Goal[] {
  const of = (contender: string): Outcome | undefined =>
    outcomes.find((each) => each.contender === contender && each.load === "images" && each.distance === "near");
  const [ours, plain, mirror] = [of("ours"), of("plain"), of("mirrormaker")];
  return [
    ...drainGoal(ours, plain, 1.2, "the plain at-least-once copy's"),
    ...drainGoal(ours, mirror, 4, "MirrorMaker's with exactly-once"),
    ...latencyGoals(ours, plain, mirror),
  ];
}

function drainGoal(ours: Outcome | undefined, peer: Outcome | undefined, times: number, whose: string): Goal[] {
  if (!ours?.drain || !peer?.drain) return [];
  const ratio = ours.drain.recordsPerSecond / peer.drain.recordsPerSecond;
  return [
    {
      text: `backlog of images: at least ${times} times ${whose} rate`,
      measured: `${ratio.toFixed(2)} times`,
      met: ratio >= times,
    },
  ];
}

function latencyGoals(ours: Outcome | undefined, plain: Outcome | undefined, mirror: Outcome | undefined): Goal[] {
  const goals: Goal[] = [];
  if (!ours?.steady) return goals;
  if (plain?.steady) {
    const more = ours.steady.p95 - plain.steady.p95;
    goals.push({
      text: "40 images/s: at most 15 ms more at p95 than the plain at-least-once copy",
      measured: `${more.toFixed(1)} ms more`,
      met: more <= 15,
    });
  }
  if (mirror?.steady) {
    const share = ours.steady.p95 / mirror.steady.p95;
    goals.push({
      text: "40 images/s: at most a tenth of MirrorMaker's p95 with exactly-once",
      measured: `${share.toFixed(3)} of it`,
      met: share <= 0.1,
    });
  }
  return goals;
}
