import { alterPartitionReassignmentsV0, listPartitionReassignmentsV0, type Admin } from "@platformatic/kafka";
import type { ReconcileJob } from "../../core/contract/reconcileJob";
import { until } from "../../core/wait";
import { anyConnection, describeError } from "./connect";
import { observeReplicas } from "./observeReplicas";
import { planDrain, type DrainPlan } from "./planDrain";
import { Refused } from "./refused";
import { tellOnce } from "./tellOnce";

/** Copying all records of a broker to another one over a slow link; the Job's own limit is what ends it. */
const patienceSeconds = 1700;

/**
 * Moves every copy off the brokers that are to go, whether they still run or not, and waits until the others hold them.
 * Running it again goes on where it was.
 *
 * @returns the number of partitions that moved
 * @throws Refused where the copies would not fit, or where it is not the time to do it
 */
export async function drainBrokers(
  admin: Admin,
  drain: NonNullable<ReconcileJob["drain"]>,
  tell: (line: string) => void,
): Promise<number> {
  if (drain.from.length === 0) return 0;
  const patience = { within: patienceSeconds, every: 3, onTry: tellOnce(tell) };
  const { alive, partitions } = await until("brokers answer", () => observeReplicas(admin), {
    ...patience,
    within: 120,
  });
  const { moves, refusals } = planDrain(drain, alive, partitions);
  if (refusals.length > 0) throw new Refused(refusals);
  if (moves.length > 0) await move(admin, moves);
  await until(`brokers ${drain.from.join(", ")} hold nothing`, () => drained(admin, drain.from), patience);
  tell(`brokers ${drain.from.join(", ")} hold nothing any more: ${moves.length} partitions moved`);
  return moves.length;
}

async function move(admin: Admin, moves: DrainPlan["moves"]): Promise<void> {
  const topics = [...new Set(moves.map(({ topic }) => topic))].map((name) => ({
    name,
    partitions: moves
      .filter(({ topic }) => topic === name)
      .map(({ partition, replicas }) => ({ partitionIndex: partition, replicas })),
  }));
  try {
    await alterPartitionReassignmentsV0.api.async(await anyConnection(admin), 30_000, false, topics);
  } catch (error) {
    throw new Error(`moving partitions: ${describeError(error)}`, { cause: error });
  }
}

async function drained(admin: Admin, from: readonly number[]): Promise<void> {
  const { topics } = await listPartitionReassignmentsV0.api.async(await anyConnection(admin), 30_000, null);
  const moving = topics.reduce((sum, { partitions }) => sum + partitions.length, 0);
  if (moving > 0) throw new Error(`${moving} partitions are being copied`);
  const { partitions } = await observeReplicas(admin);
  const left = partitions.filter(({ replicas }) => replicas.some((id) => from.includes(id))).length;
  if (left > 0) throw new Error(`${left} partitions have not left`);
}
