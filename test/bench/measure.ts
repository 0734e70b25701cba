import { setTimeout as pause } from "node:timers/promises";
import { Arrivals } from "./arrivals";
import type { Contender, Route, Running } from "./contender";
import { readCpu as readCpuTime, type CpuReading } from "./cpu";
import { cpuPerThousand, drainFigures, percentile, type Outcome, type SteadyFigures } from "./figures";
import { sendBacklog, sendSteadily, type Load } from "./load";
import { memoryMiBOf } from "./memory";
import type { Distance, Testbed } from "./testbed";
import { watchDrain } from "./watchDrain";

const partitions = 5;

/** Seconds of the steady part. */
export interface Durations {
  warmUp: number;
  steady: number;
}

export interface Measurement {
  testbed: Testbed;
  contender: Contender;
  load: Load;
  distance: Distance;
  durations: Durations;
  /** Unique in a run. */
  id: string;
  log: (line: string) => void;
  signal: AbortSignal;
}

/** What a contender that works with one route is measured by. */
interface Subject extends Measurement {
  route: Route;
  running: Running;
}

/** One contender, one load, one distance: it works off a backlog on fresh topics, then keeps up with a steady load. */
export async function measure(measurement: Measurement): Promise<Outcome> {
  const { testbed, contender, load, distance, log } = measurement;
  const about = { contender: contender.name, guarantee: contender.guarantee, load: load.name, distance: distance.name };
  let running: Running | undefined;
  try {
    const route = await createRoute(measurement);
    await sendBacklog(route.from.kafka, route.from.topic, partitions, load, measurement.signal);
    running = await contender.start(route);
    return { ...about, ...(await takeFigures({ ...measurement, route, running })) };
  } catch (error) {
    if (measurement.signal.aborted) throw error;
    const reason = error instanceof Error ? error.message : String(error);
    log(`${contender.name}: ${reason}`);
    return { ...about, error: reason };
  } finally {
    await running?.stop();
    if (!measurement.signal.aborted) await testbed.clear();
  }
}

/** Fresh topics; the source's name is the destination's, but where both are in one cluster. */
async function createRoute({ testbed, contender, distance, id }: Measurement): Promise<Route> {
  const to = testbed.destination(`bench-${id}`, distance);
  const from = contender.insideOneCluster ? { ...to, topic: `bench-${id}-in` } : testbed.source(`bench-${id}`);
  for (const { kafka, topic } of [from, to]) await kafka.createTopics([{ topic, numPartitions: partitions }]);
  return { id, from, to, partitions };
}

async function takeFigures(subject: Subject): Promise<Partial<Outcome>> {
  const { route, running, load, durations, contender, log, signal } = subject;
  const { kafka, topic } = route.to;
  const check = (): void => {
    signal.throwIfAborted();
    running.check();
  };
  const readCpu = (): CpuReading => readCpuOf(subject);

  const growth = await watchDrain({ kafka, topic, records: load.backlog, readCpu, check, signal });
  const drain = drainFigures(growth, load.backlog);
  log(`${contender.name}: ${drain.recordsPerSecond.toFixed(0)} ${load.name}/s of a backlog`);

  const most = load.backlog + Math.ceil((durations.warmUp + durations.steady) * load.rate);
  const arrivals = await Arrivals.start(kafka.client(), topic, most);
  try {
    await arrivals.untilCount(`${contender.name}: all of the backlog is there`, load.backlog, 120, check);
    const steady = await measureSteady(subject, arrivals, check);
    log(`${contender.name}: p50 ${steady.p50.toFixed(1)} ms, p95 ${steady.p95.toFixed(1)} ms`);
    return { drain, steady, doubled: arrivals.doubled, memoryMiB: memoryMiBOf(running.pids) };
  } finally {
    await arrivals.stop();
  }
}

/** The records of the warm-up do not count. */
async function measureSteady(subject: Subject, arrivals: Arrivals, check: () => void): Promise<SteadyFigures> {
  const { route, load, durations, contender, signal } = subject;
  const { kafka, topic } = route.from;
  const skipped = load.backlog + Math.floor(durations.warmUp * load.rate);
  let before = readCpuOf(subject);
  const sending = sendSteadily(kafka.client(), {
    topic,
    partitions,
    load,
    first: load.backlog,
    seconds: durations.warmUp + durations.steady,
    signal,
  });
  const warmed = pause(durations.warmUp * 1000, undefined, { signal }).then(() => (before = readCpuOf(subject)));
  const [sent] = await Promise.all([sending, warmed]);
  await arrivals.untilCount(`${contender.name}: all that was sent is there`, load.backlog + sent, 120, check);
  const counted = load.backlog + sent - skipped;
  const latencies = arrivals.latenciesOf(skipped, counted);
  return {
    p50: percentile(latencies, 0.5),
    p95: percentile(latencies, 0.95),
    p99: percentile(latencies, 0.99),
    records: latencies.length,
    cpu: cpuPerThousand(before, readCpuOf(subject), counted),
  };
}

function readCpuOf({ running, testbed }: Subject): CpuReading {
  return readCpuTime(running.pids, testbed.brokerPids, testbed.servingPids);
}
