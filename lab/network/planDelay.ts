import { LabError } from "../labError";
import type { Direction } from "./planCut";
import type { NetworkPlan } from "./planNetwork";

/**
 * A delay is a TUN device in the router's namespace whose packets come back later (delay.pl), and a rule that routes one
 * direction into it. In user space, because netem is no part of many kernels (facts/supply.md: of ours it is not), and
 * alone because a second way would be tried on no machine that we have. What it delays is in the device's alias; when
 * its process dies the device is gone, and packets take the straight way again.
 */
export interface Delay extends Direction {
  milliseconds: number;
}

export interface DelayPlan extends Delay {
  device: string;
  /** Number of the routing table, and preference of its rule. */
  table: number;
  alias: string;
  /** Lines for `ip -batch` in the router's namespace, once the device is there. */
  route: string;
}

/** Tables and preferences from here on are delays: before `main` (32766), and nobody else's. */
const firstTable = 1000;
const longest = 10_000;
/** No host or site can have a name with an underscore. */
const devicePrefix = "delay_";

/**
 * Plans the delay of all that goes from one site to another. Pure.
 * @throws LabError when an end is no site, both are the same, or the time is no number of milliseconds
 */
export function planDelay(plan: NetworkPlan, { from, to, milliseconds }: Delay): DelayPlan {
  if (from === to) throw new LabError(`"${from}" and "${to}" are one end; name two ends of a link`);
  millisecondsIn(String(milliseconds));
  const [source, target] = [findSite(plan, from), findSite(plan, to)];
  const device = `${devicePrefix}${source}_${target}`;
  const table = firstTable + source * plan.bridges.length + target;
  const alias = `${from} ${to} ${milliseconds}`;
  const route = [
    // Longer than a burst: the delay is to lose nothing.
    `link set dev ${device} txqueuelen 10000 alias "${alias}"`,
    `link set dev ${device} up`,
    `route add default dev ${device} table ${table}`,
    `rule add pref ${table} iif ${from} to ${plan.bridges[target]!.address} lookup ${table}`,
    "",
  ].join("\n");
  return { from, to, milliseconds, device, table, alias, route };
}

/** A delay as a person gives it. Pure. @throws LabError when it is no number of milliseconds that makes sense */
export function millisecondsIn(text: string): number {
  const milliseconds = Number(text);
  if (Number.isInteger(milliseconds) && milliseconds >= 1 && milliseconds <= longest) return milliseconds;
  throw new LabError(`a delay of "${text}" ms: give a whole number from 1 to ${longest}`);
}

/** The delay that a device makes; undefined for any other device. Pure. */
export function delayOf({ ifname, ifalias }: { ifname: string; ifalias?: string }): Delay | undefined {
  if (!ifname.startsWith(devicePrefix)) return undefined;
  const [from, to, milliseconds] = ifalias?.split(" ") ?? [];
  return from && to && milliseconds ? { from, to, milliseconds: Number(milliseconds) } : undefined;
}

function findSite({ bridges }: NetworkPlan, name: string): number {
  const index = bridges.findIndex((bridge) => bridge.name === name);
  if (index >= 0) return index;
  throw new LabError(
    `"${name}" is no site, and only what goes between sites can be delayed; use one of ${bridges.map((bridge) => bridge.name).join(", ")}`,
  );
}
