import { readFileSync } from "node:fs";

/** Linux counts processes' time in hundredths of a second, whatever its own clock. */
const ticksPerSecond = 100;

/** CPU seconds used since they began. */
export interface CpuReading {
  contender: number;
  brokers: number;
  /** Everything on the machine, idle time left out, but for the bench: what disturbs it. */
  others: number;
  /** Seconds that all cores together have had. */
  capacity: number;
}

/** Reads the account of a contender and of what serves it. @param serving processes of the bench beside contender and brokers */
export function readCpu(
  contender: readonly number[],
  brokers: readonly number[],
  serving: readonly number[],
): CpuReading {
  const { busy, capacity } = parseMachineSeconds(readFileSync("/proc/stat", "utf8"));
  const [copying, keeping] = [cpuSecondsOf(contender), cpuSecondsOf(brokers)];
  return {
    contender: copying,
    brokers: keeping,
    others: busy - copying - keeping - cpuSecondsOf([process.pid, ...serving]),
    capacity,
  };
}

/** CPU seconds of processes and all their threads, so far; one that is gone counts no more. */
function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readSeconds(pid) ?? 0), 0);
}

function readSeconds(pid: number): number | undefined {
  try {
    return parseCpuSeconds(readFileSync(`/proc/${pid}/stat`, "utf8"));
  } catch {
    return undefined;
  }
}

/** User and system time of a line of /proc/PID/stat; the program's name in it may hold blanks and brackets. */
export function parseCpuSeconds(stat: string): number {
  const fields = stat.slice(stat.lastIndexOf(")") + 2).split(" ");
  return (Number(fields[11]) + Number(fields[12])) / ticksPerSecond;
}

/** Seconds of all cores since the machine started, from /proc/stat: at work, and in all. */
export function parseMachineSeconds(stat: string): { busy: number; capacity: number } {
  // user nice system idle iowait irq softirq steal; what follows is counted in these already.
  const ticks = /^cpu +(.*)$/m.exec(stat)![1]!.split(" ").slice(0, 8).map(Number);
  const capacity = ticks.reduce((sum, each) => sum + each, 0);
  return { busy: (capacity - ticks[3]! - ticks[4]!) / ticksPerSecond, capacity: capacity / ticksPerSecond };
}
