/** Where the copies of one partition are. */
export interface PartitionPlace {
  topic: string;
  partition: number;
  /** Broker ids; the first is the preferred leader. */
  replicas: number[];
  inSync: number[];
}

export interface DrainPlan {
  /** New lists of replicas of the partitions that must move. */
  moves: { topic: string; partition: number; replicas: number[] }[];
  /** With any of them nothing is moved. */
  refusals: string[];
}

/**
 * Moves every copy that is on one of the brokers `from` to one of `to` that has none of that partition yet, the emptiest
 * first; what is on other brokers stays. Pure.
 *
 * @param alive brokers that are there now
 */
export function planDrain(
  { from, to }: { from: readonly number[]; to: readonly number[] },
  alive: readonly number[],
  partitions: readonly PartitionPlace[],
): DrainPlan {
  const leaving = partitions.filter(({ replicas }) => replicas.some((id) => from.includes(id)));
  const refusals = [...missing(to, alive), ...tooMany(leaving, to), ...lastCopies(leaving, from, alive)];
  if (refusals.length > 0) return { moves: [], refusals };

  const load = new Map(to.map((id) => [id, 0]));
  for (const id of partitions.flatMap(({ replicas }) => replicas)) {
    if (load.has(id)) load.set(id, load.get(id)! + 1);
  }
  const moves = leaving.map(({ topic, partition, replicas }) => {
    const next = [...replicas];
    next.forEach((id, at) => {
      if (!from.includes(id)) return;
      const free = to.filter((other) => !next.includes(other));
      const chosen = free.reduce((best, other) => (load.get(other)! < load.get(best)! ? other : best));
      load.set(chosen, load.get(chosen)! + 1);
      next[at] = chosen;
    });
    return { topic, partition, replicas: next };
  });
  return { moves, refusals };
}

function missing(to: readonly number[], alive: readonly number[]): string[] {
  return to
    .filter((id) => !alive.includes(id))
    .map(
      (id) =>
        `broker ${id} is not there: bring its host back, or replace it, before another one goes; with both away records could not be written, or be lost`,
    );
}

function tooMany(leaving: readonly PartitionPlace[], to: readonly number[]): string[] {
  const copies = new Map<string, number>();
  for (const { topic, replicas } of leaving) copies.set(topic, Math.max(replicas.length, copies.get(topic) ?? 0));
  return [...copies]
    .filter(([, count]) => count > to.length)
    .sort(([a], [b]) => (a < b ? -1 : 1))
    .map(
      ([topic, count]) =>
        `topic ${topic} has ${count} copies and only ${to.length} brokers would stay: keep the host, add another one first, or replace it under its own name (raise its generation)`,
    );
}

function lastCopies(leaving: readonly PartitionPlace[], from: readonly number[], alive: readonly number[]): string[] {
  return leaving
    .filter(({ inSync }) => inSync.every((id) => from.includes(id) && !alive.includes(id)))
    .map(
      ({ topic, partition }) =>
        `topic ${topic}, partition ${partition}: the only copies in sync are on brokers that are to go and are not there; start one of them first`,
    );
}
