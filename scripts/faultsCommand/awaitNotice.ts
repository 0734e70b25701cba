import { messageOf } from "../../core/errors";
import { until, WaitError } from "../../core/wait";
import { silentMs } from "./apiTimes";
import { readNodes } from "./readNodes";
import { clusterNamed, type World } from "./world";

/** Seconds; Kubernetes takes 50 by default to miss a node. */
const limit = 240;

/**
 * Waits until a cluster has noticed that hosts are gone: they are NotReady, or the API has fallen silent altogether.
 * @returns when that was sure, milliseconds since the epoch; undefined where nothing is down or nothing was noticed
 */
export async function awaitNotice(
  world: World,
  cluster: string,
  down: readonly string[],
  fault: number,
): Promise<number | undefined> {
  if (down.length === 0) return undefined;
  const { api } = clusterNamed(world, cluster);
  let answered = fault;
  try {
    return await until(
      `${down.join(", ")} are noticed`,
      async () => {
        const nodes = await readNodes(api, 3000).catch((error: unknown) => {
          if (Date.now() - answered > silentMs) return undefined;
          throw error;
        });
        const now = Date.now();
        if (nodes === undefined) return now;
        answered = now;
        const still = down.filter((host) => !nodes.notReady.includes(host));
        if (still.length > 0) throw new Error(`${still.join(", ")} still Ready`);
        return now;
      },
      { within: limit, every: 1, signal: world.signal },
    );
  } catch (error) {
    if (!(error instanceof WaitError)) throw error;
    world.log(messageOf(error));
    return undefined;
  }
}
