import { setTimeout as sleep } from "node:timers/promises";
import type { StreamStage } from "../../core/placement/selectStages";
import type { CopyState } from "./readCopies";
import { untilOwned } from "./untilOwned";
import type { World } from "./world";

/** What a host that stood still for a moment did to the lanes of a stage. */
export interface Hiccup {
  host: string;
  forMs: number;
  /** Lane groups that changed owner; none should. */
  moved: number[];
  /** Sessions given up, and owners that stood down, over all copies. */
  rebuilds: number;
  standDowns: number;
}

/** Seconds; longer than any session of a stage, of which the lab has the longest (15 s), and than the assignment after it. */
const aftermathSeconds = 30;

/** Freezes a host that runs lanes for a moment. Nothing should come of it. */
export async function hiccup(
  world: World,
  stage: StreamStage,
  forMs: number,
  pick: (owners: readonly CopyState[]) => CopyState,
): Promise<Hiccup> {
  const before = await untilOwned(world, stage);
  const { host } = pick(before);
  await world.rack.hiccup(host, forMs);
  await sleep(aftermathSeconds * 1000, undefined, { signal: world.signal });
  return compareOwners(host, forMs, before, await untilOwned(world, stage));
}

/** Pure. */
export function compareOwners(
  host: string,
  forMs: number,
  before: readonly CopyState[],
  after: readonly CopyState[],
): Hiccup {
  const ownerOf = (copies: readonly CopyState[], group: number) =>
    copies.find(({ groups }) => groups.includes(group))?.pod;
  const groups = before.flatMap((copy) => copy.groups).sort((a, b) => a - b);
  const grown = (count: "rebuilds" | "standDowns"): number =>
    after.reduce((sum, copy) => sum + copy[count] - (before.find(({ pod }) => pod === copy.pod)?.[count] ?? 0), 0);
  return {
    host,
    forMs,
    moved: groups.filter((group) => ownerOf(before, group) !== ownerOf(after, group)),
    rebuilds: grown("rebuilds"),
    standDowns: grown("standDowns"),
  };
}
