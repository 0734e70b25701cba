import { join } from "node:path";
import { cacheFolder } from "../../lab/artifacts";
import { runGraph } from "../../lab/artifacts/runGraph";
import { closure } from "../../lab/artifacts/tasks";
import { versions } from "../../lab/artifacts/versions";
import type { Inventory } from "../../lab/inventory";
import type { RunningRack } from "../../lab/runningRack";

/** A session and a range of its own: this rack stands beside the real one. */
export const session = "racktest";

/** Two hosts in the north, one in the south. */
export function inventoryIn(folder: string): Inventory {
  return {
    session,
    folder: join(folder, "lab"),
    range: "10.91.0.0/16",
    sites: [
      {
        name: "north",
        gateway: "10.91.1.1/24",
        hosts: [
          { name: "north-a", address: "10.91.1.11" },
          { name: "north-b", address: "10.91.1.12" },
        ],
      },
      { name: "south", gateway: "10.91.2.1/24", hosts: [{ name: "south-a", address: "10.91.2.11" }] },
    ],
    ssh: { privateKeyFile: join(folder, "lab/ssh/id_ed25519"), knownHostsFile: join(folder, "lab/ssh/known_hosts") },
  };
}

/** The host image alone, from the cache that the lab uses. */
export async function buildHostImage(): Promise<string> {
  const { signal } = new AbortController();
  const cache = join(cacheFolder, "artifacts");
  const folders = await runGraph(closure(["host-image"]), { cache, versions, log: () => undefined, signal });
  return join(folders.get("host-image") ?? "", "host-image.tar");
}

export async function powerOf(rack: RunningRack): Promise<Record<string, string>> {
  const { hosts } = await rack.status();
  return Object.fromEntries(hosts.map(({ name, power }) => [name, power]));
}

/** Whether pings from a host to an address are answered. */
export async function reaches(rack: RunningRack, host: string, address: string): Promise<boolean> {
  return (await rack.run(host, `ping -q -c 2 -W 2 ${address} >/dev/null && echo yes || echo no`)) === "yes";
}
