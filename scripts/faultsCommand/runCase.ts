import { setTimeout as sleep } from "node:timers/promises";
import { messageOf } from "../../core/errors";
import { until } from "../../core/wait";
import { apiTimes } from "./apiTimes";
import { longestGap, longestGapOfALane, recordsIn } from "./arrivalTimes";
import { auditSince, sumLosses } from "./auditSince";
import type { CaseResult } from "./caseResult";
import { awaitNotice } from "./awaitNotice";
import { readBrokers } from "./readBrokers";
import { readNodes } from "./readNodes";
import { hostsOfCase, type Table5Case } from "./table5";
import { untilWhole } from "./untilWhole";
import { readUsageNow, usageBetween, type ClusterUsage } from "./usage";
import { watchApi } from "./watchApi";
import { clusterNamed, type World } from "./world";

/** Seconds over which the load before and after a fault is taken. */
const calmSeconds = 10;
/** What does not answer within so many seconds at the end of the hold is not there. */
const answerSeconds = 30;

/** One case of Table 5 on one cluster: calm, fault, notice, hold, heal, whole again, audit. Heals also when it is stopped or fails. @param since the audit's */
export async function runCase(
  world: World,
  cluster: string,
  table: Table5Case,
  { holdSeconds, since }: { holdSeconds: number; since: number },
): Promise<CaseResult> {
  const { rack, arrivals, output, input, log } = world;
  const { api, outputs, hosts, config } = clusterNamed(world, cluster);
  const down = hostsOfCase(table, config);
  const over = async (seconds: number): Promise<ClusterUsage> => {
    const start = await readUsageNow(rack);
    await sleep(seconds * 1000, undefined, { signal: world.signal });
    return usageBetween(start, await readUsageNow(rack), hosts);
  };

  /** Undefined where there is none. */
  const answer = <T>(what: string, ask: () => Promise<T>): Promise<T | undefined> =>
    until(what, ask, { within: answerSeconds, signal: world.signal }).catch(
      (error: unknown) => void log(messageOf(error)),
    );

  await untilWhole(world);
  log(`case ${table.number} on ${cluster}: ${down.join(", ") || "nothing"} down`);
  const before = await over(calmSeconds);
  const watch = watchApi(api);
  let broken = true;
  try {
    await Promise.all(down.map((host) => rack.drop(host)));
    // From here on: what the API answered while the rules were put in place says nothing about the fault.
    const fault = Date.now();
    const noticed = await awaitNotice(world, cluster, down, fault);
    const hold = Date.now();
    const during = await over(holdSeconds);
    const [nodes, brokers] = await Promise.all([
      answer("the nodes are told", () => readNodes(api, 5000)),
      answer("the brokers answer", () => readBrokers(outputs)),
    ]);
    const healing = Date.now();
    await Promise.all(down.map((host) => rack.heal(host)));
    broken = false;
    await untilWhole(world);
    const whole = Date.now();
    const after = await over(calmSeconds);
    const losses = sumLosses(await auditSince(world, since));
    return {
      cluster,
      number: table.number,
      down,
      ...(noticed === undefined ? {} : { noticedMs: noticed - fault }),
      ...(nodes === undefined ? {} : { nodes }),
      api: apiTimes(watch.answers, fault, healing),
      ...(brokers === undefined ? {} : { brokers }),
      recordsIn: recordsIn(arrivals.arrivals, input, { from: fault, to: healing }),
      recordsOut: recordsIn(arrivals.arrivals, output, { from: fault, to: healing }),
      recordsOutInHold: recordsIn(arrivals.arrivals, output, { from: hold, to: healing }),
      longestGapMs: longestGap(arrivals.arrivals, output, { from: fault, to: whole }),
      longestLaneGapMs: longestGapOfALane(arrivals.arrivals, output, { from: fault, to: whole }),
      wholeMs: whole - healing,
      losses,
      usage: { before, during, after },
    };
  } finally {
    await watch.stop();
    if (broken) await Promise.all(down.map((host) => rack.heal(host)));
  }
}
