import { join } from "node:path";
import type { Inventory } from "../inventory";

/**
 * What a rack keeps while it runs and that must not outlive the processes: container runtime state, the record of who
 * it is. Short, because sockets lie below it.
 */
export const stateRoot = "/run/iotef";

/** Where the machine has its cgroups: version 2 the tree, version 1 one folder for each controller. */
export const cgroupRoot = "/sys/fs/cgroup";

/** Where everything of a rack lies. */
export interface RackPaths {
  folder: string;
  /** Runtime state, gone after `down`. */
  state: string;
  record: string;
  containersConf: string;
  /** Podman's storage: the image and the hosts' root file systems. */
  storage: string;
  /** One folder per host: its disks, its first files, its console. */
  hosts: string;
  /** Client key, host keys; kept over `down`, so that known_hosts and stack files stay true. */
  keys: string;
  /** What was pushed to the registry since the mirror was filled. */
  registry: string;
  mirrorConfig: string;
  /** The inventory that the rack was booted with. */
  inventory: string;
}

/** Lays out a rack's files. Pure. */
export function planPaths({ folder, session }: Pick<Inventory, "folder" | "session">): RackPaths {
  const state = join(stateRoot, session);
  return {
    folder,
    state,
    record: join(state, "rack.json"),
    containersConf: join(state, "containers.conf"),
    storage: join(folder, "podman"),
    hosts: join(folder, "hosts"),
    keys: join(folder, "ssh"),
    registry: join(folder, "registry"),
    mirrorConfig: join(folder, "mirror"),
    inventory: join(folder, "inventory.json"),
  };
}
