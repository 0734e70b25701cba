import { LabError } from "../labError";
import type { HostPort, NetworkPlan } from "./planNetwork";

/** Packets that go from one end of a link to the other; those that come back are another direction. */
export interface Direction {
  from: string;
  to: string;
}

/**
 * A cut is one nftables table in the router's namespace, named after its two ends: it is made and removed in one step,
 * and the list of tables is the list of cuts. Nothing is written down elsewhere.
 */
export interface Cut {
  /** `inet` for routed traffic, `bridge` for two hosts of one site. */
  family: "inet" | "bridge";
  table: string;
  /** Text for `nft -f`. */
  rules: string;
}

/** The end of a link that stands for the machine itself: pulumi, kubectl, Kafka clients of the operator. */
export const machineEnd = "machine";

const prefix = "cut.";

/**
 * Plans the loss of all that goes from one end to another: sites, hosts, or `machine`. A host end matches the host's own
 * address, so a virtual address that it holds still answers. Pure.
 * @throws LabError when an end is unknown or both are the same
 */
export function planCut(plan: NetworkPlan, { from, to }: Direction): Cut {
  if (from === to) throw new LabError(`"${from}" and "${to}" are one end; name two ends of a link`);
  const [a, b] = [findEnd(plan, from), findEnd(plan, to)];
  const sameSite = a.port !== undefined && a.port.site === b.port?.site;
  const family = sameSite ? "bridge" : "inet";
  const table = `${prefix}${from}.${to}`.replaceAll("-", "_");
  const rules = [
    `table ${family} ${table} {`,
    "  chain forward {",
    "    type filter hook forward priority -100; policy accept;",
    `    ${sameSite ? `iifname "${from}" oifname "${to}"` : `${a.from} ${b.to}`} drop`,
    "  }",
    "}",
    "",
  ];
  return { family, table, rules: rules.join("\n") };
}

/** The direction of a cut by its table's name; undefined for a table that is no cut. */
export function directionOfCut(table: string): Direction | undefined {
  if (!table.startsWith(prefix)) return undefined;
  const [from, to] = table.slice(prefix.length).replaceAll("_", "-").split(".");
  return from !== undefined && to !== undefined ? { from, to } : undefined;
}

interface End {
  /** Matches what comes from this end. */
  from: string;
  /** Matches what goes to this end. */
  to: string;
  port?: HostPort;
}

function findEnd({ uplink, bridges, ports }: NetworkPlan, name: string): End {
  if (name === machineEnd) return { from: `iifname "${uplink.routerDevice}"`, to: `oifname "${uplink.routerDevice}"` };
  // By destination, not by the device it leaves through: delayed packets leave through another one (planDelay).
  const bridge = bridges.find((candidate) => candidate.name === name);
  if (bridge) return { from: `iifname "${name}"`, to: `ip daddr ${bridge.address}` };
  const port = ports.find((candidate) => candidate.host === name);
  if (port) return { port, from: `ip saddr ${port.address}`, to: `ip daddr ${port.address}` };
  const known = [...bridges.map((candidate) => candidate.name), ...ports.map(({ host }) => host), machineEnd];
  throw new LabError(`"${name}" is no end of a link; use one of ${known.join(", ")}`);
}
