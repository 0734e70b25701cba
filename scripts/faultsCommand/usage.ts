import type { HostUsage } from "../../lab/hosts/readUsage";
import type { RunningRack } from "../../lab/runningRack";

/** What hosts used at one moment. */
export interface UsageReading {
  /** Milliseconds since the epoch. */
  at: number;
  hosts: ReadonlyMap<string, HostUsage>;
}

/** What the hosts of a cluster used together over a span: the reference's Fig. 16. */
export interface ClusterUsage {
  cores: number;
  memoryMiB: number;
  /** Hosts that were on. */
  hosts: number;
}

export async function readUsageNow(rack: RunningRack): Promise<UsageReading> {
  return { at: Date.now(), hosts: await rack.usage() };
}

/** CPU between two readings and memory at the second one, over the named hosts; one that was switched on meanwhile counts from then. Pure. */
export function usageBetween(before: UsageReading, after: UsageReading, names: readonly string[]): ClusterUsage {
  const on = names.flatMap((name) => {
    const now = after.hosts.get(name);
    if (now === undefined) return [];
    const was = before.hosts.get(name)?.cpuSeconds ?? 0;
    return [{ memoryMiB: now.memoryMiB, cpuSeconds: now.cpuSeconds - (was <= now.cpuSeconds ? was : 0) }];
  });
  const seconds = Math.max(0.001, (after.at - before.at) / 1000);
  return {
    cores: on.reduce((sum, { cpuSeconds }) => sum + cpuSeconds, 0) / seconds,
    memoryMiB: on.reduce((sum, { memoryMiB }) => sum + memoryMiB, 0),
    hosts: on.length,
  };
}
