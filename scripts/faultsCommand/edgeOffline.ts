import { setTimeout as sleep } from "node:timers/promises";
import { recordsIn } from "./arrivalTimes";
import { auditSince, sumLosses, type Losses } from "./auditSince";
import { untilInSync, untilReady, untilRecord } from "./untilAnswers";
import { untilWhole } from "./untilWhole";
import { clusterNamed, type World } from "./world";

/** How a site that was switched off and on while it was cut off went on. Milliseconds. */
export interface EdgeOffline {
  /** From the first press of a power button, with the link still cut. */
  readyMs: number;
  inSyncMs: number;
  firstBufferedMs: number;
  /** Records that came into the site's stream while it was cut off, and after the first of them out of the other end. */
  buffered: number;
  outWhileCut: number;
  /** From the mending of the link until the first record came out, and until everything was whole. */
  firstOutMs: number;
  wholeMs: number;
  losses: Losses;
}

/** How long the site goes on alone once its stages run, seconds. */
const aloneSeconds = 30;

/** Cuts the link between two sites, reboots one of them, lets it fill its stream alone, and mends the link. */
export async function edgeOffline(world: World, site: string, other: string): Promise<EdgeOffline> {
  const { rack, arrivals, input, output, log } = world;
  const { hosts } = clusterNamed(world, site);
  await untilWhole(world);
  const since = Date.now();
  try {
    await rack.cutLink(site, other);
    await Promise.all(hosts.map((host) => rack.cutPower(host)));
    const start = Date.now();
    await rack.healInOrder(hosts);
    const [inSync, ready, buffered] = await Promise.all([
      untilInSync(world, site),
      untilReady(world, site),
      untilRecord(world, input, start),
    ]);
    log(`${site} works alone`);
    await sleep(aloneSeconds * 1000, undefined, { signal: world.signal });
    const mending = Date.now();
    await rack.healLink(site, other);
    const firstOut = await untilRecord(world, output, mending);
    await untilWhole(world);
    const whole = Date.now();
    return {
      readyMs: ready - start,
      inSyncMs: inSync - start,
      firstBufferedMs: buffered - start,
      buffered: recordsIn(arrivals.arrivals, input, { from: start, to: mending }),
      // What the other end had read before the link broke may come out a while later.
      outWhileCut: recordsIn(arrivals.arrivals, output, { from: buffered, to: mending }),
      firstOutMs: firstOut - mending,
      wholeMs: whole - mending,
      losses: sumLosses(await auditSince(world, since)),
    };
  } finally {
    await rack.healLink(site, other);
    await rack.healInOrder(hosts);
  }
}
