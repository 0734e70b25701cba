import type { CpuReading } from "./cpu";

/** A moment at which more of a backlog had arrived. */
export interface Progress {
  /** Milliseconds. */
  at: number;
  /** Committed offsets of the destination, over its partitions. */
  offsets: number;
  cpu: CpuReading;
}

/** CPU seconds for 1,000 records. */
export interface CpuPerThousand {
  contender: number;
  brokers: number;
  /** Share of the machine's CPU time that programs took which are no part of the bench: how far to trust the figures. */
  disturbance: number;
}

/** How a backlog was worked off. */
export interface DrainFigures {
  recordsPerSecond: number;
  seconds: number;
  cpu: CpuPerThousand;
}

/** How records fared at a fixed rate; milliseconds. */
export interface SteadyFigures {
  p50: number;
  p95: number;
  p99: number;
  records: number;
  cpu: CpuPerThousand;
}

/** What one contender did with one load at one distance. */
export interface Outcome {
  contender: string;
  guarantee: string;
  load: string;
  distance: string;
  drain?: DrainFigures;
  steady?: SteadyFigures;
  /** Records that arrived more than once, in both parts. */
  doubled?: number;
  /** Largest memory of its processes, MiB. */
  memoryMiB?: number;
  /** Why there are no figures. */
  error?: string;
}

/** From the first to the last committed record of a backlog; what came with the first does not count. */
export function drainFigures(growth: readonly Progress[], records: number): DrainFigures {
  const [first, last] = [growth[0], growth.at(-1)];
  if (first === undefined || last === undefined || last.at === first.at)
    throw new Error(`a backlog of ${records} records arrived at once; there is no rate in that, make it larger`);
  const moved = (records * (last.offsets - first.offsets)) / last.offsets;
  const seconds = (last.at - first.at) / 1000;
  return { recordsPerSecond: moved / seconds, seconds, cpu: cpuPerThousand(first.cpu, last.cpu, moved) };
}

/** CPU time between two readings, shared out over the records. */
export function cpuPerThousand(before: CpuReading, after: CpuReading, records: number): CpuPerThousand {
  const share = (from: number, to: number): number => ((to - from) / records) * 1000;
  return {
    contender: share(before.contender, after.contender),
    brokers: share(before.brokers, after.brokers),
    disturbance: Math.max(0, after.others - before.others) / Math.max(0.01, after.capacity - before.capacity),
  };
}

/** The smallest value that at least this share of all does not exceed (nearest rank). */
export function percentile(values: readonly number[], share: number): number {
  if (values.length === 0) throw new Error("no values, so no percentile; has anything arrived?");
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.max(0, Math.ceil(share * sorted.length) - 1)]!;
}
