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
export function hostNamed(inventory: Inventory, name: string): PlacedHost {
  const host = hostsOf(inventory).find((candidate) => candidate.name === name);
  if (host) return host;
  const names = hostsOf(inventory).map((candidate) => candidate.name);
  throw new LabError(`"${name}" is not a host of the lab; use one of ${names.join(", ")}`);
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
