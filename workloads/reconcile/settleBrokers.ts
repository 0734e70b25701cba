import type { Admin } from "@platformatic/kafka";
import type { WantedBroker } from "../../core/contract/reconcileJob";
import { until } from "../../core/wait";
import { anyConnection } from "./connect";
import { observeReplicas } from "./observeReplicas";
import { observeVoters } from "./observeVoters";
import { planVoters } from "./planVoters";
import { removeRaftVoter } from "./removeRaftVoter";
import { tellOnce } from "./tellOnce";

/** A rebuilt host copies everything first; the Job's own limit is what ends it. */
const patienceSeconds = 1700;

/**
 * Waits until every wanted broker is in, the voters among them vote, and every copy is in sync. Takes the vote of brokers
 * that are gone: a voter that never comes back counts in every majority. One with a new disk exchanges its vote by itself.
 */
export async function settleBrokers(
  admin: Admin,
  brokers: readonly WantedBroker[],
  tell: (line: string) => void,
): Promise<void> {
  const patience = { within: patienceSeconds, every: 3, onTry: tellOnce(tell) };
  await until("all brokers are in and in sync", () => inSync(admin, brokers), patience);
  await until("the right brokers vote", () => rightVoters(admin, brokers, tell), patience);
}

async function inSync(admin: Admin, brokers: readonly WantedBroker[]): Promise<void> {
  const { alive, partitions } = await observeReplicas(admin);
  const absent = brokers.filter(({ id }) => !alive.includes(id)).map(({ id, host }) => `${id} (${host})`);
  if (absent.length > 0) throw new Error(`broker ${absent.join(", ")} is not there`);
  const behind = partitions.filter(({ replicas, inSync }) => inSync.length < replicas.length).length;
  if (behind > 0) throw new Error(`${behind} of ${partitions.length} partitions have copies that are behind`);
}

async function rightVoters(admin: Admin, brokers: readonly WantedBroker[], tell: (line: string) => void) {
  const { gone, waiting } = planVoters(brokers, await observeVoters(admin));
  for (const { id, directoryId } of gone) {
    await removeRaftVoter(await anyConnection(admin), id, directoryId);
    tell(`broker ${id} is gone and votes no longer`);
  }
  if (waiting.length > 0) throw new Error(`broker ${waiting.join(", ")} does not vote yet`);
}
