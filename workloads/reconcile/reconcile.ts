import { FindCoordinatorKeyTypes, type Admin } from "@platformatic/kafka";
import { until } from "../../core/wait";
import { applyStep, describeStep } from "./applyStep";
import { connectAsOperator, describeError } from "./connect";
import { drainBrokers } from "./drainBrokers";
import { observe } from "./observe";
import { planReconcile, type Step } from "./planReconcile";
import type { LoadedJob } from "./readJob";
import { Refused } from "./refused";
import { settleBrokers } from "./settleBrokers";
import { tellOnce } from "./tellOnce";

/** How long brokers may take to come up; whole sites start cold in under three minutes (facts/supply.md). */
const patienceSeconds = 900;

/**
 * Makes the cluster what the job wants and tells each change in a line. Running it again changes nothing.
 * @returns the number of changes
 * @throws Refused when the desired state would lose data
 */
export async function reconcile(job: LoadedJob, tell: (line: string) => void): Promise<number> {
  const admin = connectAsOperator(job);
  try {
    if (job.drain !== undefined) return await drainBrokers(admin, job.drain, tell);
    const patience = { within: patienceSeconds, every: 3, onTry: tellOnce(tell) };
    const observed = await until("brokers answer", () => legibly(observe(admin, job)), patience);
    const { steps, refusals, notes } = planReconcile(job, observed);
    notes.forEach(tell);
    if (refusals.length > 0) throw new Refused(refusals);

    await until("enough brokers", () => enoughBrokers(admin, replicasNeeded(steps)), patience);
    for (const step of steps) {
      await legibly(applyStep(admin, job, step));
      const line = describeStep(step);
      if (line !== undefined) tell(line);
    }
    if (steps.length > 0) await until("the brokers show the changes", () => settled(admin, job), patience);
    if (job.internalTopics !== undefined) {
      const { brokers } = job.internalTopics;
      await until("internal topics", () => ensureInternalTopics(admin, brokers), patience);
    }
    if (job.brokers !== undefined) await settleBrokers(admin, job.brokers, tell);
    return steps.length;
  } finally {
    await admin.close();
  }
}

/** Brokers follow the controllers a moment later; what comes after the Job may count on what it made. */
async function settled(admin: Admin, job: LoadedJob): Promise<void> {
  const { steps } = planReconcile(job, await legibly(observe(admin, job)));
  if (steps.length > 0) throw new Error(`${steps.length} changes are not visible yet`);
}

/** A topic that is to be made wants all its replicas at once; what exists already may wait for a dead broker. */
function replicasNeeded(steps: readonly Step[]): number {
  return Math.max(0, ...steps.map((step) => (step.kind === "createTopic" ? step.topic.replicationFactor : 0)));
}

async function enoughBrokers(admin: Admin, wanted: number): Promise<void> {
  const { brokers } = await legibly(admin.metadata({ topics: [], forceUpdate: true }));
  if (brokers.size < wanted) throw new Error(`${brokers.size} of ${wanted} brokers are registered`);
}

/** Kafka makes them when a coordinator is asked for, and only with all replicas there (facts/kafka.md 3). */
async function ensureInternalTopics(admin: Admin, brokers: number): Promise<void> {
  const existing = await legibly(admin.listTopics({ includeInternals: true }));
  if (existing.includes("__consumer_offsets") && existing.includes("__transaction_state")) return;
  await enoughBrokers(admin, brokers);
  for (const keyType of [FindCoordinatorKeyTypes.GROUP, FindCoordinatorKeyTypes.TRANSACTION]) {
    await legibly(admin.findCoordinator({ keyType, keys: ["iotef"] }));
  }
}

async function legibly<T>(work: Promise<T>): Promise<T> {
  try {
    return await work;
  } catch (error) {
    throw new Error(describeError(error), { cause: error });
  }
}
