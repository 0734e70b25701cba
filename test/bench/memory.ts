import { readFileSync } from "node:fs";

/** The most memory that processes have held so far, MiB; one that is gone counts no more. */
export function memoryMiBOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => sum + (readPeak(pid) ?? 0), 0);
}

function readPeak(pid: number): number | undefined {
  try {
    const kib = /^VmHWM:\s+(\d+) kB$/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
    return kib === undefined ? undefined : Number(kib) / 1024;
  } catch {
    return undefined;
  }
}
