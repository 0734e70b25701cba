import { messageOf } from "../../core/errors";
import { stageGroup } from "../../core/naming";
import type { StreamStage } from "../../core/placement/selectStages";
import { until } from "../../core/wait";
import { longestGap } from "./arrivalTimes";
import { readLeadership } from "./leadership";
import { readCopies, type CopyState } from "./readCopies";
import { takeoversIn, type Takeover } from "./takeovers";
import { lanesOfGroups, untilOwned } from "./untilOwned";
import { untilWhole } from "./untilWhole";
import { clusterNamed, type World } from "./world";

/** One sudden death of a host that ran lanes of a stage. Times are milliseconds. */
export interface Kill {
  host: string;
  /** Lane groups that it ran. */
  groups: number[];
  /** The reference's de: from the death until the last of its lane groups ran elsewhere. */
  takeoverMs: number;
  /** Longest silence of the output in the lanes of these groups, over the death. */
  gapMs: number;
  /** The same of the input: what the devices' own stage took, and partitions that had to find a new leader. */
  inputGapMs: number;
  /** What else died with the host: lanes of the input that its broker led, the stage's coordinator. */
  ledLanes: number[];
  coordinated: boolean;
  /** From healing until everything was whole. */
  wholeMs: number;
}

/** Seconds. */
const limit = 300;

/** Cuts the power of a host that runs lanes of a stage, waits until they have come out again, heals. @param pick chooses among the copies */
export async function killHost(
  world: World,
  stage: StreamStage,
  pick: (owners: readonly CopyState[]) => CopyState,
): Promise<Kill> {
  const { rack, arrivals, input, output } = world;
  const { api } = clusterNamed(world, stage.cluster);
  const { host, groups } = pick(await untilOwned(world, stage));
  const source = { topic: stage.from.topic, group: stageGroup(world.pipeline, stage.stage) };
  const led = await readLeadership(clusterNamed(world, stage.from.cluster).outputs, host, source);
  const lanes = lanesOfGroups(groups, stage.laneGroups, stage.from.partitions);
  let broken = true;
  try {
    const died = await rack.cutPower(host);
    const moved = await until(
      `lane groups ${groups.join(", ")} run elsewhere`,
      async () => {
        const taken = await takeoversSince(died);
        const waiting = groups.filter((group) => !taken.some((takeover) => takeover.group === group));
        if (waiting.length > 0) throw new Error(`group ${waiting.join(", ")} has no owner`);
        return Math.max(
          ...groups.map((group) => Math.min(...taken.filter((t) => t.group === group).map(({ at }) => at))),
        );
      },
      { within: limit, every: 0.5, signal: world.signal },
    );
    await until(
      "records come out in every lane",
      () => {
        const silent = lanes.filter(
          (lane) =>
            !arrivals.arrivals.some(
              ({ stream, partition, at }) => stream === output && partition === lane && at > moved,
            ),
        );
        return silent.length > 0 ? Promise.reject(new Error(`none in ${silent.join(", ")}`)) : Promise.resolve();
      },
      { within: limit, every: 0.5 },
    );
    const span = { from: died, to: Date.now() };
    const worst = (stream: string): number =>
      Math.max(...lanes.map((lane) => longestGap(arrivals.arrivals, stream, span, [lane])));
    const result = { host, groups, takeoverMs: moved - died, gapMs: worst(output), inputGapMs: worst(input) };
    const healing = Date.now();
    await rack.heal(host);
    broken = false;
    await untilWhole(world);
    return { ...result, ledLanes: led.lanes, coordinated: led.coordinates, wholeMs: Date.now() - healing };
  } finally {
    if (broken) await rack.heal(host);
  }

  /** By the logs of the copies on other hosts; those that cannot be asked now are asked again. */
  async function takeoversSince(since: number): Promise<Takeover[]> {
    const others = (await readCopies(api, stage.stage)).filter((copy) => copy.host !== host);
    const query = `log?sinceTime=${new Date(since).toISOString()}`;
    const logs = await Promise.all(
      others.map(({ pod }) =>
        api.getFromAny(`/api/v1/namespaces/iotef/pods/${pod}/${query}`, 5000).catch((error: unknown) => {
          world.log(`log of ${pod}: ${messageOf(error)}`);
          return "";
        }),
      ),
    );
    return logs.flatMap(takeoversIn).filter(({ at }) => at > since);
  }
}
