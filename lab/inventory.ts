import { BlockList, isIPv4 } from "node:net";
import { LabError } from "./labError";

/** All that the lab knows of what runs on it: which machines stand in which site, under which address. */
export interface Inventory {
  /**
   * Prefix of every container, network namespace and cgroup. Racks with different sessions and ranges run side by
   * side on one machine.
   */
  session: string;
  /** Absolute path of the lab's own folder: disks, keys, container storage. */
  folder: string;
  /** IPv4 range that holds every site; the machine, the router and the mirror take addresses from its start. */
  range: string;
  sites: Site[];
  ssh: {
    /** Made at the first `up` where it is missing. */
    privateKeyFile: string;
    /** Written at every `up`. */
    knownHostsFile: string;
  };
}

export interface Site {
  name: string;
  /** The router's address in this site with the prefix length: `10.90.1.1/24`. */
  gateway: string;
  /** An address that hosts of the site move among themselves; the lab only keeps it free. */
  virtualIp?: string;
  hosts: HostEntry[];
}

export interface HostEntry {
  name: string;
  address: string;
}

/** A host with the site it stands in. */
export interface PlacedHost extends HostEntry {
  site: string;
}

/** All hosts in the order of the inventory. */
export function hostsOf(inventory: Pick<Inventory, "sites">): PlacedHost[] {
  return inventory.sites.flatMap((site) => site.hosts.map((host) => ({ ...host, site: site.name })));
}

/** @throws LabError when no host has this name */
export function hostNamed(inventory: Pick<Inventory, "sites">, name: string): PlacedHost {
  return hostsNamed(inventory, [name])[0]!;
}

/** The hosts of these names, each once. @throws LabError that lists every name that no host has, and those there are */
export function hostsNamed(inventory: Pick<Inventory, "sites">, names: readonly string[]): PlacedHost[] {
  const hosts = hostsOf(inventory);
  const known = hosts.map(({ name }) => name);
  const unknown = names.filter((name) => !known.includes(name)).map((name) => `"${name}"`);
  if (unknown.length === 0) return hosts.filter(({ name }) => names.includes(name));
  const [verb, what] = unknown.length === 1 ? ["is", "a host"] : ["are", "hosts"];
  throw new LabError(`${unknown.join(", ")} ${verb} not ${what} of the lab; use ${known.join(", ")}`);
}

/** Splits `10.90.1.1/24`; undefined where it is no such text. */
export function parseCidr(text: string): { address: string; prefix: number } | undefined {
  const [address = "", prefix = "", ...rest] = text.split("/");
  if (rest.length > 0 || !isIPv4(address) || !/^\d{1,2}$/.test(prefix) || Number(prefix) > 32) return undefined;
  return { address, prefix: Number(prefix) };
}

/** Whether `address` lies in the network of `cidr`. */
export function contains(cidr: string, address: string): boolean {
  const parsed = parseCidr(cidr);
  if (!parsed || !isIPv4(address)) return false;
  const network = new BlockList();
  network.addSubnet(parsed.address, parsed.prefix);
  return network.check(address);
}
