import { hostsOf, parseCidr, type Inventory } from "../inventory";

/**
 * The whole network of a rack: one router namespace with a bridge for each site, one namespace for each host, one
 * link to the machine. Nothing of it lies in the machine's own namespace but the end of that link and one route.
 */
export interface NetworkPlan {
  range: string;
  /** Name of the router's network namespace. */
  router: string;
  /** The link between the machine and the router. */
  uplink: {
    machineDevice: string;
    routerDevice: string;
    machineAddress: string;
    routerAddress: string;
    prefix: number;
  };
  /** Where the mirror listens, on the router. */
  mirrorAddress: string;
  bridges: { name: string; address: string }[];
  ports: HostPort[];
}

/** How one host is plugged in. */
export interface HostPort {
  host: string;
  site: string;
  namespace: string;
  /** Device in the router's namespace, a port of the site's bridge. */
  port: string;
  /** Kept over power cycles, as a real network card's: neighbours need not learn a new one. */
  mac: string;
  address: string;
  prefix: number;
  gateway: string;
}

/** Port of the mirror's HTTP server. */
export const mirrorPort = 8080;

/** Lays the network out; the inventory has been checked. Pure. */
export function planNetwork(inventory: Pick<Inventory, "session" | "range" | "sites">): NetworkPlan {
  const { session, range, sites } = inventory;
  const start = parseCidr(range)?.address.split(".").slice(0, 3).join(".") ?? "";
  const gateways = new Map(sites.map((site) => [site.name, parseCidr(site.gateway)]));
  return {
    range,
    router: session,
    uplink: {
      machineDevice: `${session}0`,
      routerDevice: "uplink",
      machineAddress: `${start}.1`,
      routerAddress: `${start}.2`,
      prefix: 30,
    },
    mirrorAddress: `${start}.10`,
    bridges: sites.map((site) => ({ name: site.name, address: site.gateway })),
    ports: hostsOf(inventory).map((host) => ({
      host: host.name,
      site: host.site,
      namespace: `${session}-${host.name}`,
      port: host.name,
      mac: macOf(host.address),
      address: host.address,
      prefix: gateways.get(host.site)?.prefix ?? 24,
      gateway: gateways.get(host.site)?.address ?? "",
    })),
  };
}

/** A locally administered MAC address that holds the IPv4 address. */
export function macOf(address: string): string {
  const octets = address.split(".").map((octet) => Number(octet).toString(16).padStart(2, "0"));
  return ["02", "00", ...octets].join(":");
}

/** Base URL of the mirror as hosts see it. */
export function mirrorUrl(plan: Pick<NetworkPlan, "mirrorAddress">): string {
  return `http://${plan.mirrorAddress}:${mirrorPort}`;
}
