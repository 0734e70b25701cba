import { until } from "../../core/wait";
import { recordsIn } from "./arrivalTimes";
import { readBrokers } from "./readBrokers";
import { readNodes } from "./readNodes";
import { clusterNamed, type World } from "./world";

/** Seconds: ten hosts boot on two cores. */
const limit = 1200;

/** Waits for the first good answer of a cluster's API. @returns when, milliseconds since the epoch */
export function untilApi(world: World, cluster: string): Promise<number> {
  const { api } = clusterNamed(world, cluster);
  return untilSo(world, `the API of ${cluster} answers`, async () => void (await readNodes(api, 5000)));
}

/** Waits until every partition of a cluster has a leader and all its replicas. @returns when */
export function untilInSync(world: World, cluster: string): Promise<number> {
  const { outputs, hosts } = clusterNamed(world, cluster);
  return untilSo(world, `the brokers of ${cluster} are in sync`, async () => {
    const { alive, behind } = await readBrokers(outputs);
    if (alive < hosts.length || behind > 0) throw new Error(`${alive} brokers, ${behind} partitions miss a replica`);
  });
}

/** Waits until all nodes of a cluster are Ready. @returns when */
export function untilReady(world: World, cluster: string): Promise<number> {
  const { api, hosts } = clusterNamed(world, cluster);
  return untilSo(world, `the nodes of ${cluster} are Ready`, async () => {
    const { ready } = await readNodes(api);
    if (ready.length < hosts.length) throw new Error(`${ready.length} of ${hosts.length} are`);
  });
}

/** Waits for a record of a stream that came after a moment. @returns when it was seen */
export function untilRecord(world: World, stream: string, since: number): Promise<number> {
  return untilSo(world, `records come out of ${stream}`, () =>
    recordsIn(world.arrivals.arrivals, stream, { from: since, to: Infinity }) > 0
      ? Promise.resolve()
      : Promise.reject(new Error(world.arrivals.failure() ?? "none yet")),
  );
}

async function untilSo(world: World, what: string, probe: () => Promise<void>): Promise<number> {
  await until(what, probe, { within: limit, every: 1, signal: world.signal });
  world.log(what);
  return Date.now();
}
