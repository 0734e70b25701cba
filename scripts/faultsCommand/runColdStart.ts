import { coldStart, type ColdStart } from "./coldStart";
import { edgeOffline, type EdgeOffline } from "./edgeOffline";
import { renderColdStart, renderEdgeOffline } from "./renderColdStart";
import { openWorld } from "./world";

export interface ColdStartOptions {
  seed: number;
  /** Reboot the site where the pipeline begins while the link is cut, instead of everything. */
  edgeOffline: boolean;
  keep: (result: ColdStart | EdgeOffline) => void;
  signal: AbortSignal;
}

/** @returns whether no record was lost or doubled */
export async function runColdStart({ seed, keep, signal, ...options }: ColdStartOptions): Promise<boolean> {
  const world = await openWorld(signal);
  try {
    if (options.edgeOffline) {
      const { from } = world.stages.find((stage) => stage.from.stream === world.input)!;
      const { to } = world.stages.find((stage) => stage.to.stream === world.output)!;
      const result = await edgeOffline(world, from.cluster, to.cluster);
      keep(result);
      process.stdout.write(`${renderEdgeOffline(from.cluster, result)}\n`);
      return result.losses.ok && result.buffered > 0;
    }
    process.stdout.write(`cold start with seed ${seed}\n`);
    const result = await coldStart(world, seed);
    keep(result);
    process.stdout.write(`${renderColdStart(result)}\n`);
    return result.losses.ok;
  } finally {
    await world.arrivals.stop();
  }
}
