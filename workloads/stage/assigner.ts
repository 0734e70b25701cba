/** A member of the stage's consumer group, as it described itself when it joined. */
export interface Member {
  id: string;
  /** Generation of the placement that it was made for. */
  generation: number;
  /** Lane groups that it was given. */
  owned: readonly number[];
  /** Those of them that it has begun to fence and does not run yet. @default none */
  taking?: readonly number[];
  /** It could run none of those that it had: it is given some only where all could not. @default false */
  isLastResort?: boolean;
  /** As a last resort: it runs some again, and will say so in a moment. @default false */
  runsAgain?: boolean;
}

/** Members among which lane groups are handed out, and whether they are so only for want of others. */
export interface Eligible {
  members: readonly Member[];
  areLastResorts: boolean;
}

/**
 * Those of the highest generation (a placement that changed raises it); of them those that can run lane groups, where there are any, and
 * those that run or take some again.
 */
export function findEligible(members: readonly Member[]): Eligible {
  const top = Math.max(...members.map(({ generation }) => generation));
  const newest = members.filter(({ generation }) => generation === top);
  const areLastResorts = newest.every(({ isLastResort = false }) => isLastResort);
  const able = newest.filter(
    ({ isLastResort = false, runsAgain = false, taking = [] }) => !isLastResort || runsAgain || taking.length > 0,
  );
  return { members: areLastResorts ? newest : able, areLastResorts };
}

/**
 * Hands out lane groups: only to eligible members, evenly, and with as few changes of owner as evenness allows. Members beyond the
 * number of groups are spares.
 * A group that is being taken stays with who takes it, evenly or not: it is run by nobody now, and passed on it would be for twice
 * as long.
 * @returns every member with its groups, in ascending order
 */
export function assignLaneGroups(members: readonly Member[], groups: number): Map<string, number[]> {
  const result = new Map<string, number[]>(members.map(({ id }) => [id, []]));
  const { members: eligible } = findEligible(members);
  if (eligible.length === 0) return result;

  const free = new Set(Array.from({ length: groups }, (_, group) => group));
  const least = Math.floor(groups / eligible.length);
  let extra = groups % eligible.length;
  // Who holds the most keeps first: the members with one more than the others are taken from those that have them already.
  const inOrder = [...eligible].sort((a, b) => b.owned.length - a.owned.length || (a.id < b.id ? -1 : 1));
  for (const { id, taking = [] } of inOrder)
    for (const group of taking) if (free.delete(group)) result.get(id)!.push(group);
  for (const { id, owned } of inOrder) {
    const mine = result.get(id)!;
    for (const group of [...owned].sort((a, b) => a - b)) {
      const quota = least + (extra > 0 ? 1 : 0);
      if (mine.length < quota && free.delete(group)) mine.push(group);
    }
    if (mine.length > least) extra--;
  }
  for (const group of free) {
    const poorest = inOrder.reduce((a, b) => (result.get(b.id)!.length < result.get(a.id)!.length ? b : a));
    result.get(poorest.id)!.push(group);
  }
  for (const mine of result.values()) mine.sort((a, b) => a - b);
  return result;
}

/** Lanes of a group: lane p belongs to group p mod laneGroups. */
export function lanesOf(group: number, laneGroups: number, lanes: number): number[] {
  return Array.from({ length: lanes }, (_, lane) => lane).filter((lane) => lane % laneGroups === group);
}

/** Lane groups that have a lane: more groups than lanes are of no use. */
export function groupCount(laneGroups: number, lanes: number): number {
  return Math.min(laneGroups, lanes);
}
