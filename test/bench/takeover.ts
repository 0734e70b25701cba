import { alignColumns } from "../../core/alignColumns";
import { setTimeout as pause } from "node:timers/promises";
import type { StageConfig } from "../../core/contract/stageConfig";
import { failover } from "../../components/kafka/renderServerProperties";
import { until } from "../../core/wait";
import { auditStream } from "../support/oracle";
import { LocalKafka } from "../support/localKafka";
import { Pipeline, readRecords } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";
import { percentile } from "./figures";
import { sendSteadily, type Load } from "./load";

/** A broker's session, as the product has it by default (core/config/schema.ts); the copies of the stage have theirs. */
const sessionMs = 1500;
const partitions = 5;
const laneGroups = 2;
/** Small, and one for each lane every 50 ms: silence is measured, not how much two cores can do. */
const load: Load = { name: "readings", bytes: 1000, backlog: 0, rate: 100, together: partitions };
const steadySeconds = 3;
const sendingSeconds = 13;

/** What makes lanes change their owner, and how. */
interface Kind {
  name: string;
  title: string;
  change: (scene: Scene) => Promise<void>;
}

/** One round: two copies share the lanes. */
interface Scene {
  edge: LocalKafka;
  cloud: LocalKafka;
  config: StageConfig;
  owner: StageProcess;
  /** All that have to end with the round; the last ones are to have the lanes. */
  copies: StageProcess[];
  /** Undoes what was broken. */
  mend: (() => Promise<void>)[];
}

export interface TakeoverFigures {
  name: string;
  title: string;
  /** By round: longest silence of a lane at the destination, milliseconds. */
  gaps: number[];
  /** By round: from the change until another copy runs the last lane group, milliseconds. */
  owners: number[];
  /** Records that were lost or doubled, over all rounds. */
  wrong: number;
}

export const kinds: readonly Kind[] = [
  {
    name: "moved",
    title: "copies of a newer placement take over",
    change: async ({ config, copies }) => {
      const before = [...copies];
      const after = [1, 2].map(() => new StageProcess({ config: { ...config, place: "cloud", generation: 2 } }));
      copies.push(...after);
      await untilRun(after);
      await Promise.all(before.map((copy) => copy.end("SIGTERM")));
    },
  },
  {
    name: "frozen",
    title: "a copy is frozen for a second: its lanes stay where no new owner is told (0)",
    change: async ({ owner, copies }) => {
      owner.signal("SIGSTOP");
      await pause(1000);
      owner.signal("SIGCONT");
      await pause(2 * sessionMs);
      await untilRun(copies);
    },
  },
  {
    name: "killed",
    title: "a copy is killed",
    change: async ({ owner, copies }) => {
      owner.signal("SIGKILL");
      await untilRun(copies.slice(1));
    },
  },
  {
    name: "destination-host",
    title: "a copy dies with its host, which had a broker of the destination",
    change: (scene) => loseHost(scene, scene.cloud),
  },
  {
    name: "source-host",
    title: "the same, a broker of the source; its producer waits for that one, too",
    change: (scene) => loseHost(scene, scene.edge),
  },
];

async function loseHost({ owner, copies, mend }: Scene, kafka: LocalKafka): Promise<void> {
  const ids = kafka.brokerIds;
  const lost = ids[Math.floor(Math.random() * ids.length)]!;
  owner.signal("SIGKILL");
  mend.push(await kafka.silenceBroker(lost));
  await untilRun(copies.slice(1));
}

/** Measures each kind so many times, each time on fresh topics of the same brokers. */
export async function measureTakeovers(
  wanted: readonly Kind[],
  rounds: number,
  log: (line: string) => void,
  signal: AbortSignal,
): Promise<TakeoverFigures[]> {
  const texts = Object.entries(failover({ sessionMs })).map(([name, value]) => [name, String(value)]);
  const properties = { ...Object.fromEntries(texts), "log.message.timestamp.type": "LogAppendTime" };
  log("starting two clusters of three brokers");
  const started = await Promise.all(["edge", "cloud"].map((name) => LocalKafka.start({ name, properties })));
  const [edge, cloud] = started as [LocalKafka, LocalKafka];
  try {
    const figures: TakeoverFigures[] = [];
    for (const kind of wanted) {
      const found: TakeoverFigures = { name: kind.name, title: kind.title, gaps: [], owners: [], wrong: 0 };
      for (let round = 1; round <= rounds; round++) {
        signal.throwIfAborted();
        const { gap, owner, wrong } = await measure(kind, `${kind.name}-${round}`, edge, cloud, signal);
        log(`${kind.name}, ${round} of ${rounds}: new owner ${owner.toFixed(0)} ms, gap ${gap.toFixed(0)} ms`);
        found.gaps.push(gap);
        found.owners.push(owner);
        found.wrong += wrong;
      }
      figures.push(found);
    }
    return figures;
  } finally {
    await Promise.all(started.map((kafka) => kafka.stop()));
  }
}

async function measure(kind: Kind, id: string, edge: LocalKafka, cloud: LocalKafka, signal: AbortSignal) {
  const pipeline = await Pipeline.create({
    name: `takeover-${id}`,
    process: "copy",
    source: edge,
    destination: cloud,
    partitions,
    laneGroups,
  });
  const config = { ...pipeline.config, timing: {} };
  const copies = [1, 2].map(() => new StageProcess({ config }));
  const scene: Scene = { edge, cloud, config, owner: copies[0]!, copies, mend: [] };
  try {
    await untilRun(copies);
    const { topic } = pipeline.sourceStream;
    const sending = sendSteadily(edge.client(), { topic, partitions, load, first: 0, seconds: sendingSeconds, signal });
    await pause(steadySeconds * 1000, undefined, { signal });
    const from = Date.now();
    await kind.change(scene);
    const owner = lastStart(scene.copies, from) - from;
    for (const mend of scene.mend.splice(0)) await mend();
    await sending;
    await pipeline.untilDrained();
    await Promise.all([edge.untilHealthy(), cloud.untilHealthy()]);
    const verdict = await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
    const wrong = verdict.lost + verdict.doubled + verdict.outOfOrder;
    return { gap: await longestGap(cloud, pipeline.destinationStream.topic, from), owner, wrong };
  } finally {
    for (const mend of scene.mend.splice(0)) await mend();
    await Promise.all(scene.copies.map((copy) => copy.end("SIGKILL")));
    await pipeline.remove();
  }
}

/** Until each lane group is run by one of these. */
async function untilRun(copies: readonly StageProcess[]): Promise<void> {
  await until(
    `all ${laneGroups} lane groups run`,
    async () => {
      const states = copies.map(statesOf);
      const running = new Set(
        states.flatMap((each) => [...each].filter(([, to]) => to === "running").map(([group]) => group)),
      );
      if (running.size < laneGroups) throw new Error(JSON.stringify(states.map((each) => [...each])));
    },
    { within: 120, every: 0.02 },
  );
}

/** By lane group: what it is now. */
function statesOf({ lines }: StageProcess): Map<number, string> {
  return new Map(lines.flatMap(({ group, to }) => (group === undefined || to === undefined ? [] : [[group, to]])));
}

/** When the last lane group was started since then, by the copies' clocks, which is this machine's. */
function lastStart(copies: readonly StageProcess[], since: number): number {
  const starts = copies
    .flatMap(({ lines }) => lines)
    .filter(({ to }) => to === "running")
    .map((line) => Date.parse(String(line["time"])))
    .filter((at) => at >= since);
  return Math.max(since, ...starts);
}

/** Longest time without a record in one lane that ended after `since`, by the brokers' clock. */
async function longestGap(kafka: LocalKafka, topic: string, since: number): Promise<number> {
  const last = new Map<number, number>();
  let longest = 0;
  await readRecords(kafka, topic, ({ partition, timestamp }) => {
    const before = last.get(partition);
    if (before !== undefined && timestamp > since) longest = Math.max(longest, timestamp - before);
    last.set(partition, timestamp);
  });
  return longest;
}

/** A table for people; milliseconds. */
export function renderTakeovers(figures: readonly TakeoverFigures[]): string {
  const head = ["", "owner p50", "most", "gap p50", "most", "wrong"];
  const rows = figures.map(({ name, gaps, owners, wrong }) => [
    name,
    ...[owners, gaps].flatMap((values) => [0.5, 1].map((share) => percentile(values, share).toFixed(0))),
    String(wrong),
  ]);
  return [
    ...alignColumns([head, ...rows], (column) => column > 0),
    ...figures.map(({ name, title }) => `${name}: ${title}`),
  ].join("\n");
}
