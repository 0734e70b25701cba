import type { StreamStage } from "../../core/placement/selectStages";
import { until } from "../../core/wait";
import { readCopies, type CopyState } from "./readCopies";
import { clusterNamed, type World } from "./world";

/** Seconds: a copy that came back is given lanes at its next turn. */
const limit = 300;

/** Waits until every lane group of a stage has one owner, and a copy on another host could take over. @returns the copies that own any */
export function untilOwned(world: World, stage: StreamStage): Promise<CopyState[]> {
  const { api } = clusterNamed(world, stage.cluster);
  const groups = Math.min(stage.laneGroups, stage.from.partitions);
  return until(
    `${stage.stage} has an owner for each of ${groups} lane groups, and another copy`,
    async () => {
      const copies = await readCopies(api, stage.stage);
      const owned = copies.flatMap((copy) => copy.groups);
      const hosts = new Set(copies.map(({ host }) => host)).size;
      if (owned.length !== groups || new Set(owned).size !== groups || hosts < 2)
        throw new Error(`${copies.length} copies on ${hosts} hosts own lane groups ${owned.join(", ") || "none"}`);
      return copies.filter((copy) => copy.groups.length > 0);
    },
    { within: limit, every: 1, signal: world.signal },
  );
}

/** Lanes of lane groups: lane p belongs to group p mod the number of groups. Pure. */
export function lanesOfGroups(groups: readonly number[], laneGroups: number, lanes: number): number[] {
  return Array.from({ length: lanes }, (_, lane) => lane).filter((lane) => groups.includes(lane % laneGroups));
}
