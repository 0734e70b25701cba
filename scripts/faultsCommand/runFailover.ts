import fc from "fast-check";
import { auditSince, describeLosses, sumLosses } from "./auditSince";
import { hiccup, type Hiccup } from "./hiccup";
import { killHost, type Kill } from "./killHost";
import type { CopyState } from "./readCopies";
import { renderFailover, renderHiccup, renderKill } from "./renderFailover";
import { untilWhole } from "./untilWhole";
import { openWorld, stageNamed } from "./world";

export interface FailoverOptions {
  stage: string;
  kills: number;
  /** Moments of standing still before the first kill, and how long each is (milliseconds). */
  hiccups: number;
  hiccupMs: number;
  seed: number;
  keep: (result: { kills: readonly Kill[]; hiccups: readonly Hiccup[] }) => void;
  signal: AbortSignal;
}

/** Kills hosts that run a stage, one after the other. @returns whether no record was lost or doubled, and no lane moved for a hiccup */
export async function runFailover(options: FailoverOptions): Promise<boolean> {
  const world = await openWorld(options.signal);
  const stage = stageNamed(world, options.stage);
  const since = Date.now();
  const [kills, hiccups]: [Kill[], Hiccup[]] = [[], []];
  const choices = fc.sample(fc.nat(), { seed: options.seed, numRuns: options.kills + options.hiccups });
  const pick = (owners: readonly CopyState[]): CopyState => owners[choices.pop()! % owners.length]!;
  process.stdout.write(`${options.kills} kills from seed ${options.seed}\n`);
  try {
    await untilWhole(world);
    while (hiccups.length < options.hiccups) {
      hiccups.push(await hiccup(world, stage, options.hiccupMs, pick));
      process.stdout.write(`${renderHiccup(hiccups.at(-1)!)}\n`);
      options.keep({ kills, hiccups });
    }
    while (kills.length < options.kills) {
      kills.push(await killHost(world, stage, pick));
      process.stdout.write(`${renderKill(kills.length, kills.at(-1)!)}\n`);
      options.keep({ kills, hiccups });
    }
    const losses = sumLosses(await auditSince(world, since));
    process.stdout.write(`\n${renderFailover(kills)}\naudit: ${describeLosses(losses)}\n`);
    return losses.ok && hiccups.every(({ moved, standDowns }) => moved.length === 0 && standDowns === 0);
  } finally {
    await world.arrivals.stop();
  }
}
