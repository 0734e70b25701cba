import { LabError } from "../labError";
import type { HostPort, NetworkPlan } from "./planNetwork";

/**
 * A cut link is one nftables table in the router's namespace, named after its two ends: it is made and removed in one
 * step, and the list of tables is the list of faults. Nothing is written down elsewhere.
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
 * Plans a cut between two ends, in both directions: sites, hosts, or `machine`. A host end matches the host's own
 * address, so a virtual address that it holds still answers.
 * @throws LabError when an end is unknown or both are the same
 */
export function planCut(plan: NetworkPlan, left: string, right: string): Cut {
  if (left === right) throw new LabError(`"${left}" and "${right}" are one end; name two ends of a link`);
  const ends = [left, right].sort().map((name) => findEnd(plan, name));
  const [a, b] = ends as [End, End];
  const table = `${prefix}${a.name}.${b.name}`.replaceAll("-", "_");
  const sameSite = a.port !== undefined && a.port.site === b.port?.site;
  const family = sameSite ? "bridge" : "inet";
  const from = (end: End) => (sameSite ? `iifname "${end.name}"` : end.from);
  const to = (end: End) => (sameSite ? `oifname "${end.name}"` : end.to);
  const rules = [
    `table ${family} ${table} {`,
    "  chain forward {",
    "    type filter hook forward priority -100; policy accept;",
    `    ${from(a)} ${to(b)} drop`,
    `    ${from(b)} ${to(a)} drop`,
    "  }",
    "}",
    "",
  ];
  return { family, table, rules: rules.join("\n") };
}

/** The two ends of a cut by its table's name; undefined for a table that is no cut. */
export function endsOfCut(table: string): [string, string] | undefined {
  if (!table.startsWith(prefix)) return undefined;
  const [left, right] = table.slice(prefix.length).replaceAll("_", "-").split(".");
  return left !== undefined && right !== undefined ? [left, right] : undefined;
}

/** Table in a host's own namespace that drops all that comes in. */
export const dropTable = "lab_drop";

/** Text for `nft -f` in a host's namespace: every packet to the host is lost, those of its own to itself too. */
export function renderDrop(): string {
  return [
    `table inet ${dropTable} {`,
    "  chain input {",
    "    type filter hook input priority -400; policy drop;",
    "  }",
    "}",
    "",
  ].join("\n");
}

interface End {
  name: string;
  from: string;
  to: string;
  port?: HostPort;
}

function findEnd(plan: NetworkPlan, name: string): End {
  if (name === machineEnd) return device(name, plan.uplink.routerDevice);
  if (plan.bridges.some((bridge) => bridge.name === name)) return device(name, name);
  const port = plan.ports.find((candidate) => candidate.host === name);
  if (port) return { name, port, from: `ip saddr ${port.address}`, to: `ip daddr ${port.address}` };
  const known = [
    ...plan.bridges.map((bridge) => bridge.name),
    ...plan.ports.map((candidate) => candidate.host),
    machineEnd,
  ];
  throw new LabError(`"${name}" is no end of a link; use one of ${known.join(", ")}`);
}

function device(name: string, deviceName: string): End {
  return { name, from: `iifname "${deviceName}"`, to: `oifname "${deviceName}"` };
}
