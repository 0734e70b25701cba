import { createPodman, type Podman } from "./hosts/podman";
import { hostNamed, type Inventory } from "./inventory";
import { planPaths, type RackPaths } from "./machine/paths";
import { planNetwork, type HostPort, type NetworkPlan } from "./network/planNetwork";

/** What every phase of the rack works with. */
export interface RackContext {
  inventory: Inventory;
  network: NetworkPlan;
  paths: RackPaths;
  podman: Podman;
  /** Takes progress lines. */
  log: (line: string) => void;
}

/** Derives all plans from a checked inventory; touches nothing. */
export function createContext(inventory: Inventory, log: (line: string) => void): RackContext {
  const paths = planPaths(inventory);
  return { inventory, network: planNetwork(inventory), paths, podman: createPodman(paths), log };
}

/** Name of a host's container. */
export function containerOf(context: Pick<RackContext, "inventory">, host: string): string {
  return `${context.inventory.session}-${host}`;
}

/** The cgroup of a host, under the root of each hierarchy. @param id podman's of its container */
export function groupOf(context: Pick<RackContext, "inventory">, id: string): string {
  return `${context.inventory.session}/libpod-${id}`;
}

/** @throws LabError when no host has this name */
export function portOf(context: RackContext, host: string): HostPort {
  const { name } = hostNamed(context.inventory, host);
  return context.network.ports.find((port) => port.host === name) as HostPort;
}
