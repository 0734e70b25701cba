import { messageOf } from "../../core/errors";
import { until } from "../../core/wait";
import { recordsIn } from "./arrivalTimes";
import { readBrokers } from "./readBrokers";
import { readNodes } from "./readNodes";
import type { ClusterView, World } from "./world";

/** Seconds. Ten hosts that boot at once share two cores. */
const limit = 1200;

/** Waits until every cluster has all nodes Ready and all replicas in sync, and records come out; says what is missing whenever that changes. */
export async function untilWhole(world: World): Promise<void> {
  let said = "";
  const since = Date.now();
  await until(
    "everything is whole",
    async () => {
      const missing = (await Promise.all([...world.clusters.values()].map(missingIn))).flat();
      if (missing.length > 0) throw new Error(missing.join("; "));
      if (recordsIn(world.arrivals.arrivals, world.output, { from: since, to: Infinity }) === 0)
        throw new Error(world.arrivals.failure() ?? `no record has come out of ${world.output} since`);
    },
    {
      within: limit,
      every: 2,
      signal: world.signal,
      onTry: (reason) => {
        if (reason !== said) world.log(`waiting: ${reason}`);
        said = reason;
      },
    },
  );
}

async function missingIn({ config, outputs, api, hosts }: ClusterView): Promise<string[]> {
  const missing: string[] = [];
  await readNodes(api).then(
    ({ ready, notReady }) => {
      if (notReady.length > 0) missing.push(`not Ready: ${notReady.join(", ")}`);
      else if (ready.length < hosts.length) missing.push(`${ready.length} of ${hosts.length} nodes`);
    },
    (error: unknown) => missing.push(`the API of ${config.name} does not answer (${messageOf(error)})`),
  );
  await readBrokers(outputs).then(
    ({ alive, behind, partitions }) => {
      if (alive < hosts.length) missing.push(`${alive} of ${hosts.length} brokers in ${config.name}`);
      if (behind > 0) missing.push(`${behind} of ${partitions} partitions of ${config.name} miss a replica`);
    },
    (error: unknown) => missing.push(`the brokers of ${config.name} do not answer (${messageOf(error)})`),
  );
  return missing;
}
