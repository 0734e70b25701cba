import { setTimeout as sleep } from "node:timers/promises";
import type { RunningRack } from "../../lab/runningRack";
import { renderVerdict } from "../auditCommand/verdict";
import { longestGap } from "./arrivalTimes";
import { auditSince, sumLosses } from "./auditSince";
import { describeSoakRound, planSoakRound, type HostFault, type LinkFault, type SoakSite } from "./planSoak";
import { untilWhole } from "./untilWhole";
import { openWorld, type ClusterView, type World } from "./world";

export interface SoakOptions {
  minutes: number;
  /** The first round's; the next ones follow. */
  seed: number;
  keep: (rounds: readonly SoakResult[]) => void;
  signal: AbortSignal;
}

export interface SoakResult {
  seed: number;
  faults: string;
  /** Of the output, from the faults until everything was whole; milliseconds, as the next. */
  longestGapMs: number;
  /** From healing until everything was whole. */
  wholeMs: number;
}

const act: Record<HostFault, (rack: RunningRack, host: string) => Promise<unknown>> = {
  drop: (rack, host) => rack.drop(host),
  power: (rack, host) => rack.cutPower(host),
  stop: (rack, host) => rack.stop(host),
  freeze: (rack, host) => rack.freeze(host),
  unplug: (rack, host) => rack.unplug(host),
};

/** Rounds of random faults, each healed until everything is whole again, for so long; at the end the audit of everything. */
export async function runSoak({ minutes, seed, keep, signal }: SoakOptions): Promise<boolean> {
  const world = await openWorld(signal);
  const sites = [...world.clusters.values()].map(siteOf);
  const rounds: SoakResult[] = [];
  const end = Date.now() + minutes * 60_000;
  process.stdout.write(`${minutes} minutes of faults from seed ${seed}\n`);
  try {
    await untilWhole(world);
    for (let next = seed; Date.now() < end && !signal.aborted; next++) {
      rounds.push(await soakRound(world, sites, next));
      process.stdout.write(`${renderSoakRound(rounds.length, rounds.at(-1)!)}\n`);
      keep(rounds);
    }
    const verdicts = await auditSince(world);
    process.stdout.write(`${rounds.length} rounds\n${verdicts.map(renderVerdict).join("\n\n")}\n`);
    return sumLosses(verdicts).ok;
  } finally {
    await world.rack.healAll();
    await world.arrivals.stop();
  }
}

async function soakRound(world: World, sites: readonly SoakSite[], seed: number): Promise<SoakResult> {
  const { rack, arrivals, output, log } = world;
  const plan = planSoakRound(sites, seed);
  const faults = describeSoakRound(plan);
  log(faults);
  const from = Date.now();
  await Promise.all([
    ...plan.hosts.map(({ host, fault }) => act[fault](rack, host)),
    ...(plan.link === undefined ? [] : [breakLink(rack, plan.link)]),
  ]);
  await sleep(plan.forSeconds * 1000, undefined, { signal: world.signal });
  const healing = Date.now();
  await rack.healAll();
  await untilWhole(world);
  const whole = Date.now();
  const gap = longestGap(arrivals.arrivals, output, { from, to: whole });
  return { seed, faults, longestGapMs: gap, wholeMs: whole - healing };
}

function breakLink(rack: RunningRack, fault: LinkFault): Promise<void> {
  const { from, to } = fault;
  return fault.kind === "cut"
    ? rack.cutLink(from, to, { oneWay: fault.oneWay })
    : rack.delayLink(from, to, fault.milliseconds);
}

function siteOf({ config }: ClusterView): SoakSite {
  const ofRole = (wanted: string): string[] =>
    Object.entries(config.hosts)
      .filter(([, { role }]) => role === wanted)
      .map(([host]) => host)
      .sort();
  return { name: config.name, controlPlanes: ofRole("control-plane"), workers: ofRole("worker") };
}

/** One line about a round as it ends. Pure. */
export function renderSoakRound(number: number, { seed, faults, longestGapMs, wholeMs }: SoakResult): string {
  const [gap, whole] = [longestGapMs, wholeMs].map((ms) => `${(ms / 1000).toFixed(1)} s`);
  return `round ${number}, seed ${seed}: ${faults}: longest gap ${gap}, whole ${whole} after healing`;
}
