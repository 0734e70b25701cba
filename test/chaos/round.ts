import { setTimeout as sleep } from "node:timers/promises";
import { feed } from "../support/feed";
import { auditStream, type Verdict } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { keepEvidence } from "./evidence";
import { Injector } from "./inject";
import { mostLaneGroups, type Plan } from "./plan";
import { Replicas } from "./replicas";
import { sessionMs, type World } from "./world";

/** How long the stage may take to the end of its source once nothing disturbs it any more, seconds. */
const drainSeconds = 180;

export interface RoundResult {
  seed: number;
  /** What happened, one word for each fault. */
  faults: string[];
  /** Undefined where the round did not come to an audit. */
  verdict?: Verdict;
  /** What is wrong, in words; empty where every record arrived exactly once and in order. */
  problems: string[];
  /** Where the logs of a round are that went wrong. */
  evidence?: string;
}

/** One round: a stage under load and faults, the end of its source by those that are left, then the audit by the independent reader. */
export async function runRound(world: World, plan: Plan, program?: string): Promise<RoundResult> {
  const { source, destination } = world;
  const pipeline = await Pipeline.create({
    name: `chaos-${plan.seed}`,
    process: "copy",
    source,
    destination,
    partitions: plan.partitions,
    laneGroups: mostLaneGroups,
  });
  const replicas = new Replicas({ ...pipeline.config, timing: { sessionMs } }, plan, program);
  const injector = new Injector(world, pipeline, replicas);
  const faults: string[] = [];
  let verdict: Verdict | undefined;
  let evidence: string | undefined;
  const problems: string[] = [];
  try {
    await replicas.untilRunning();
    const { count, bytes, perSecond } = plan.records;
    const { topic } = pipeline.sourceStream;
    const feeding = feed(source, { topic, partitions: plan.partitions, count, size: bytes, rate: perSecond });
    feeding.catch(() => undefined);
    const start = performance.now();
    for (const { atMs, fault } of plan.faults) {
      await sleep(Math.max(0, start + atMs - performance.now()));
      if (await injector.inject(fault)) faults.push(fault.kind);
    }
    await feeding;
    await injector.heal();
    // Those who bore the faults: a new one would go on where they are stuck.
    await pipeline.untilDrained(drainSeconds);
    faults.push(...replicas.commitFaultsSeen);
    await replicas.leave();
    const { sourceStream: from, destinationStream: to, config } = pipeline;
    verdict = await auditStream({ source: from, destination: to, deadLetterTopic: config.deadLetterTopic });
    problems.push(...problemsOf(verdict));
  } catch (error) {
    problems.push((error as Error).message);
  } finally {
    await replicas.end();
    // What fails here belongs to this round, and keeps neither the rest of it nor the next one from being done.
    const afterwards = async (act: () => unknown) => {
      try {
        await act();
      } catch (error) {
        problems.push(`afterwards: ${(error as Error).message}`);
      }
    };
    if (problems.length > 0) await afterwards(() => (evidence = keepEvidence(plan.seed, world, pipeline, replicas)));
    await afterwards(() => injector.heal());
    await afterwards(() => pipeline.remove());
  }
  return { seed: plan.seed, faults, verdict, problems, evidence };
}

/** Each of the audit's counts that is not what exactly once means; `copy` refuses no record, so a dead letter is one. */
export function problemsOf(verdict: Verdict): string[] {
  const { source, records, ...bad } = verdict;
  const wrong = Object.entries(bad).flatMap(([name, count]) => (count === 0 ? [] : [`${name} ${count}`]));
  return source === records ? wrong : [...wrong, `${records} records of ${source}`];
}
