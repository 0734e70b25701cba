import type { TopicState } from "../../core/contract/kafkaState";
import { aclKey, aclsOfUser, ownedBy, ownershipMark, type Acl } from "./acls";
import type { Observed, ObservedTopic } from "./observe";
import { uncleanElection } from "./observeElections";
import type { LoadedJob } from "./readJob";

/** One change, in the order in which it is made. */
export type Step =
  | { kind: "createTopic"; topic: TopicState }
  | { kind: "growTopic"; name: string; from: number; to: number }
  | { kind: "configureTopic"; name: string; set: Record<string, string>; unset: string[] }
  | { kind: "deleteTopic"; name: string }
  | { kind: "setPassword"; user: string; reason: "new" | "changed" }
  | { kind: "deleteUser"; user: string }
  | { kind: "addAcls"; of: string; acls: Acl[] }
  | { kind: "removeAcls"; of: string; acls: Acl[] }
  /** Ownership marks: made before what they mark, removed after it. */
  | { kind: "mark"; acls: Acl[] }
  | { kind: "unmark"; acls: Acl[] };

export interface Plan {
  steps: Step[];
  /** Wanted things that would lose data; with any of them nothing at all is changed. */
  refusals: string[];
  /** What is left as it is although it differs. */
  notes: string[];
}

/** Compares what is wanted with what is there. Pure; an empty list of steps means that nothing is to be done. */
export function planReconcile(job: LoadedJob, observed: Observed): Plan {
  const plan: Plan = { steps: [], refusals: [], notes: [] };
  planElections(job, observed, plan);
  planMarks(job, observed, plan);
  for (const topic of job.state.topics) planTopic(topic, observed.topics.get(topic.name), plan);
  for (const user of job.state.users) planUser(user.name, aclsOfUser(user.name, user.rights), observed, plan);
  for (const name of goneUsers(job, observed)) planGoneUser(job, name, observed, plan);
  for (const name of goneTopics(job, observed)) planGoneTopic(job, name, observed, plan);
  return plan;
}

/**
 * A leader that lacks records loses them for good, and with a transaction's marker all that come behind it: readers wait for it
 * for ever (KAFKA-20716, facts/kafka.md B11). Of the job's topics nothing is left that it does not want; Kafka's own lose this setting only.
 */
function planElections({ state }: LoadedJob, { elections }: Observed, plan: Plan): void {
  const wanted = new Set(state.topics.map(({ name }) => name));
  for (const name of elections.onTopic)
    if (!wanted.has(name)) plan.steps.push({ kind: "configureTopic", name, set: {}, unset: [uncleanElection] });
  if (elections.onBrokers.length === 0) return;
  plan.refusals.push(
    `${uncleanElection} is true in the brokers' own configuration: one that lacks records may become leader and lose them (of ${elections.onBrokers.join(", ")}); ` +
      `take it back: kafka-configs.sh --alter --entity-type brokers --entity-default --delete-config ${uncleanElection}, or --entity-name N where it is set for one broker`,
  );
}

function planMarks({ owner, state }: LoadedJob, { acls }: Observed, plan: Plan): void {
  const present = new Set(acls.map(aclKey));
  const wanted = [
    ...state.topics.map(({ name }) => ownershipMark(owner, "topic", name)),
    ...state.users.map(({ name }) => ownershipMark(owner, "user", name)),
  ].filter((mark) => !present.has(aclKey(mark)));
  if (wanted.length > 0) plan.steps.push({ kind: "mark", acls: wanted });
}

function planTopic(topic: TopicState, observed: ObservedTopic | undefined, plan: Plan): void {
  const { name, partitions, replicationFactor, config } = topic;
  if (observed === undefined) {
    plan.steps.push({ kind: "createTopic", topic });
    return;
  }
  if (partitions < observed.partitions) {
    plan.refusals.push(
      `topic ${name} has ${observed.partitions} partitions, ${partitions} are wanted: Kafka cannot take partitions away; ` +
        `want ${observed.partitions}, or a stream of another name`,
    );
  }
  if (partitions > observed.partitions) {
    plan.steps.push({ kind: "growTopic", name, from: observed.partitions, to: partitions });
  }
  if (replicationFactor !== observed.replicationFactor) {
    plan.notes.push(`topic ${name} has ${observed.replicationFactor} replicas, ${replicationFactor} are wanted: left`);
  }
  const set = Object.fromEntries(Object.entries(config).filter(([key, value]) => observed.config[key] !== value));
  const unset = Object.keys(observed.config).filter((key) => !(key in config));
  if (Object.keys(set).length > 0 || unset.length > 0) {
    plan.steps.push({ kind: "configureTopic", name, set, unset });
  }
}

function planUser(user: string, wanted: Acl[], { users, acls }: Observed, plan: Plan): void {
  const state = users.get(user);
  if (state !== "current")
    plan.steps.push({ kind: "setPassword", user, reason: state === undefined ? "new" : "changed" });
  const held = acls.filter(({ principal }) => principal === `User:${user}`);
  const add = without(wanted, held);
  const remove = without(held, wanted);
  if (add.length > 0) plan.steps.push({ kind: "addAcls", of: user, acls: add });
  if (remove.length > 0) plan.steps.push({ kind: "removeAcls", of: user, acls: remove });
}

function planGoneUser({ owner }: LoadedJob, user: string, { users, acls }: Observed, plan: Plan): void {
  const held = acls.filter(({ principal }) => principal === `User:${user}`);
  if (held.length > 0) plan.steps.push({ kind: "removeAcls", of: user, acls: held });
  if (users.has(user)) plan.steps.push({ kind: "deleteUser", user });
  unmark(ownershipMark(owner, "user", user), acls, plan);
}

/**
 * A stream that still holds records is never deleted by the way. Compacted topics are bookkeeping (where a stage stands):
 * small, and what lets a stage that comes back go on, so they stay without a fuss.
 */
function planGoneTopic({ owner, state }: LoadedJob, name: string, { topics, acls }: Observed, plan: Plan): void {
  const topic = topics.get(name);
  const holdsData = topic !== undefined && topic.records > 0n && state.deleteDataOfRemovedTopics !== true;
  if (holdsData && topic.config["cleanup.policy"] === "compact") {
    plan.notes.push(`topic ${name} is not wanted any more but holds positions of a stage: kept`);
  } else if (holdsData) {
    plan.refusals.push(
      `topic ${name} is not wanted any more but still holds ${topic.records} records: let them be read or expire, ` +
        `or set iotef:deleteDataOfRemovedStreams to true to delete them`,
    );
  } else {
    if (topic !== undefined) plan.steps.push({ kind: "deleteTopic", name });
    unmark(ownershipMark(owner, "topic", name), acls, plan);
  }
}

function unmark(mark: Acl, acls: readonly Acl[], plan: Plan): void {
  if (without([mark], acls).length === 0) plan.steps.push({ kind: "unmark", acls: [mark] });
}

function goneTopics({ owner, state }: LoadedJob, { acls, topics }: Observed): string[] {
  const wanted = new Set(state.topics.map(({ name }) => name));
  const removed = (state.removed?.topics ?? []).filter((name) => topics.has(name));
  return unique([...ownedBy(owner, "topic", acls), ...removed]).filter((name) => !wanted.has(name));
}

function goneUsers({ owner, state }: LoadedJob, { acls, users }: Observed): string[] {
  const wanted = new Set(state.users.map(({ name }) => name));
  const removed = (state.removed?.users ?? []).filter((name) => users.has(name));
  return unique([...ownedBy(owner, "user", acls), ...removed]).filter((name) => !wanted.has(name));
}

function unique(names: string[]): string[] {
  return [...new Set(names)].sort();
}

function without(acls: readonly Acl[], others: readonly Acl[]): Acl[] {
  const keys = new Set(others.map(aclKey));
  return acls.filter((acl) => !keys.has(aclKey(acl)));
}
