import { readdirSync, readFileSync, readlinkSync, statSync } from "node:fs";
import { join } from "node:path";
import { listSessionNamespaces } from "../network/removeNetwork";

/** Processes that live in a network namespace of the session: its rack is alive as long as there is one. */
export async function findLiveProcesses(session: string): Promise<number[]> {
  const names = await listSessionNamespaces(session);
  const wanted = new Set(names.map((name) => whileThere(() => `net:[${statSync(join("/run/netns", name)).ino}]`)));
  wanted.delete(undefined);
  return listPids().filter((pid) => wanted.has(whileThere(() => readlinkSync(`/proc/${pid}/ns/net`))));
}

/** The container monitors of a rack, which live outside its namespaces: their arguments name its state folder. */
export function findMonitors(state: string): number[] {
  return listPids().filter((pid) => {
    const args = whileThere(() => readFileSync(`/proc/${pid}/cmdline`, "utf8"))?.split("\0") ?? [];
    return args[0]?.endsWith("conmon") === true && args.some((argument) => argument.startsWith(`${state}/`));
  });
}

/** Whether a process has been killed and is only held by the freezer. */
export function isDoomed(pid: number): boolean {
  const status = whileThere(() => readFileSync(`/proc/${pid}/status`, "utf8")) ?? "";
  const pending = [...status.matchAll(/^(?:Sig|Shd)Pnd:\s+([0-9a-f]+)$/gm)].map((match) => BigInt(`0x${match[1]}`));
  return pending.some((mask) => (mask & sigkillBit) !== 0n);
}

/** Bit of signal 9 in the masks of /proc/PID/status. */
const sigkillBit = 1n << 8n;

function listPids(): number[] {
  return readdirSync("/proc")
    .filter((entry) => /^\d+$/.test(entry))
    .map(Number);
}

/** What `read` says of a process or namespace; undefined when that is gone meanwhile. */
function whileThere<T>(read: () => T): T | undefined {
  try {
    return read();
  } catch {
    return undefined;
  }
}
