import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupRoot } from "../machine/paths";
import { containerOf, groupOf, type RackContext } from "../rackContext";
import { readHostStates } from "./hostState";

/** What a host has used of the machine. */
export interface HostUsage {
  /** CPU time since it was switched on, seconds. */
  cpuSeconds: number;
  /** Memory of its processes and the pages that they need, MiB; files that could be dropped are not in it. */
  memoryMiB: number;
}

/** The usage of every host that is on or frozen, from its cgroup: it costs the host nothing, and one that is deaf is seen too. */
export async function readUsage(context: RackContext): Promise<Map<string, HostUsage>> {
  const states = await readHostStates(context);
  const usage = new Map<string, HostUsage>();
  for (const { host } of context.network.ports) {
    const { power, id } = states.get(containerOf(context, host)) ?? { power: "absent" };
    if ((power !== "on" && power !== "frozen") || id === undefined) continue;
    const found = readGroup(groupOf(context, id));
    if (found !== undefined) usage.set(host, found);
  }
  return usage;
}

/** Undefined for a host that goes off at this moment. */
function readGroup(group: string): HostUsage | undefined {
  const unified = join(cgroupRoot, group);
  try {
    return existsSync(join(unified, "cpu.stat"))
      ? {
          cpuSeconds: keyed(read(unified, "cpu.stat"), "usage_usec") / 1e6,
          memoryMiB: mebibytes(
            Number(read(unified, "memory.current")),
            keyed(read(unified, "memory.stat"), "inactive_file"),
          ),
        }
      : {
          cpuSeconds: Number(read(cgroupRoot, "cpuacct", group, "cpuacct.usage")) / 1e9,
          memoryMiB: mebibytes(
            Number(read(cgroupRoot, "memory", group, "memory.usage_in_bytes")),
            keyed(read(cgroupRoot, "memory", group, "memory.stat"), "total_inactive_file"),
          ),
        };
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" || (error as NodeJS.ErrnoException).code === "ENODEV")
      return undefined;
    throw error;
  }
}

/** The number after a key in a cgroup's file of keys. Pure. */
export function keyed(text: string, key: string): number {
  const line = text.split("\n").find((candidate) => candidate.startsWith(`${key} `));
  return line === undefined ? 0 : Number(line.slice(key.length + 1));
}

function mebibytes(used: number, droppable: number): number {
  return Math.max(0, used - droppable) / 2 ** 20;
}

function read(...parts: string[]): string {
  return readFileSync(join(...parts), "utf8");
}
