import { readFileSync } from "node:fs";

/** Linux counts processes' time in hundredths of a second, whatever its own clock. */
const ticksPerSecond = 100;

/** CPU seconds used since they began. */
export interface CpuReading {
  contender: number;
  brokers: number;
}

/** CPU seconds of processes and all their threads, so far; one that is gone counts no more. */
export function cpuSecondsOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readCpu(pid) ?? 0), 0);
}

function readCpu(pid: number): number | undefined {
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
