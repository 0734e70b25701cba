import { setTimeout as sleep } from "node:timers/promises";
import fc from "fast-check";
import { auditSince, sumLosses, type Losses } from "./auditSince";
import { untilApi, untilInSync, untilReady, untilRecord } from "./untilAnswers";
import { untilWhole } from "./untilWhole";
import type { World } from "./world";

/** How a pipeline came back after all hosts had been without power. Milliseconds from the first press of a power button. */
export interface ColdStart {
  seed: number;
  /** In which hosts were switched on. */
  order: string[];
  /** By cluster. */
  apiMs: Record<string, number>;
  inSyncMs: Record<string, number>;
  readyMs: Record<string, number>;
  firstRecordMs: number;
  wholeMs: number;
  losses: Losses;
}

/** How long all is dark, seconds: longer than any session, of which the lab has the longest (15 s). */
const darkSeconds = 30;

/** The order of a seed. Pure. */
export function orderOf(hosts: readonly string[], seed: number): string[] {
  const all = { minLength: hosts.length, maxLength: hosts.length };
  return fc.sample(fc.shuffledSubarray([...hosts], all), { seed, numRuns: 1 })[0]!;
}

/** Cuts the power of every host, switches them on in an order of chance, and waits: nobody does anything else. */
export async function coldStart(world: World, seed: number): Promise<ColdStart> {
  const { rack, clusters, output, log } = world;
  await untilWhole(world);
  const hosts = [...clusters.values()].flatMap((cluster) => cluster.hosts);
  const order = orderOf(hosts, seed);
  const since = Date.now();
  let booting: Promise<void>;
  try {
    await Promise.all(hosts.map((host) => rack.cutPower(host)));
    await sleep(darkSeconds * 1000);
    log(`all hosts are off; they come in the order ${order.join(", ")}`);
  } finally {
    // The way back is the same when a person wants to stop.
    booting = rack.healInOrder(order);
  }
  const [back] = await Promise.all([wayBack(world, output, Date.now()), booting]);
  return { seed, order, ...back, losses: sumLosses(await auditSince(world, since)) };
}

async function wayBack(
  world: World,
  output: string,
  start: number,
): Promise<Omit<ColdStart, "seed" | "order" | "losses">> {
  const names = [...world.clusters.keys()];
  const each = async (wait: (world: World, cluster: string) => Promise<number>): Promise<Record<string, number>> => {
    const times = await Promise.all(names.map(async (name) => [name, (await wait(world, name)) - start] as const));
    return Object.fromEntries(times);
  };
  const [apiMs, inSyncMs, readyMs, firstRecord] = await Promise.all([
    each(untilApi),
    each(untilInSync),
    each(untilReady),
    untilRecord(world, output, start),
  ]);
  await untilWhole(world);
  return { apiMs, inSyncMs, readyMs, firstRecordMs: firstRecord - start, wholeMs: Date.now() - start };
}
