import type { KafkaState, TopicState, UserState } from "../contract/kafkaState";
import type { ReconcileJob } from "../contract/reconcileJob";
import { isUnknown, type Change, type Inputs } from "./parsePreview";

/** What changes in one cluster's Kafka, in words. */
export interface KafkaChanges {
  /** The resource that holds what is wanted: `edge-kafka-reconcile`. */
  name: string;
  removedTopics: string[];
  /** Sentences on everything else. */
  notes: string[];
}

const configMap = "kubernetes:core/v1:ConfigMap";
const key = "job.json";

/** Compares what was wanted of each Kafka with what is wanted now; both stand in the ConfigMap of its reconcile Job. */
export function findKafkaChanges(changes: readonly Change[]): KafkaChanges[] {
  return changes
    .filter(({ type, before, after }) => type === configMap && (holdsJob(before) || holdsJob(after)))
    .map(({ name, op, before, after }) => {
      const old = stateOf(before);
      const next = op === "delete" ? { topics: [], users: [] } : stateOf(after);
      if (next === undefined || (op !== "create" && old === undefined)) {
        return { name, removedTopics: [], notes: ["topics and users: known only when it runs"] };
      }
      return { name, ...compare(old ?? { topics: [], users: [] }, next) };
    });
}

function holdsJob(inputs: Inputs): boolean {
  return (inputs["data"] as Inputs | undefined)?.[key] !== undefined;
}

function stateOf(inputs: Inputs): Pick<KafkaState, "topics" | "users"> | undefined {
  const text = (inputs["data"] as Inputs | undefined)?.[key];
  if (isUnknown(text) || typeof text !== "string" || !text.startsWith("{")) return undefined;
  return (JSON.parse(text) as ReconcileJob).state;
}

type State = Pick<KafkaState, "topics" | "users">;

function compare(old: State, next: State): Omit<KafkaChanges, "name"> {
  const notes = next.topics.flatMap((topic) =>
    topicNotes(
      old.topics.find(({ name }) => name === topic.name),
      topic,
    ),
  );
  const gone = without(old.topics, next.topics);
  // Positions of stages are kept by the reconcile Job (workloads/reconcile/planReconcile.ts).
  const kept = gone.filter(
    (topic) => old.topics.find(({ name }) => name === topic)?.config["cleanup.policy"] === "compact",
  );
  const removedTopics = gone.filter((topic) => !kept.includes(topic));
  notes.push(
    ...kept.map((topic) => `topic ${topic} is not wanted any more; it is kept while it holds positions of a stage`),
  );
  notes.push(
    ...next.users.flatMap((user) =>
      userNotes(
        old.users.find(({ name }) => name === user.name),
        user,
      ),
    ),
  );
  notes.push(...without(old.users, next.users).map((user) => `user ${user} is removed`));
  return { removedTopics, notes };
}

function topicNotes(old: TopicState | undefined, next: TopicState): string[] {
  if (old === undefined)
    return [`topic ${next.name} is new: ${next.partitions} partitions, ${next.replicationFactor} replicas`];
  const notes: string[] = [];
  if (next.partitions > old.partitions)
    notes.push(`topic ${next.name} grows from ${old.partitions} to ${next.partitions} partitions`);
  if (next.partitions < old.partitions) {
    notes.push(
      `topic ${next.name} should shrink from ${old.partitions} to ${next.partitions} partitions, which Kafka cannot do`,
    );
  }
  for (const setting of [...new Set([...Object.keys(old.config), ...Object.keys(next.config)])].sort()) {
    if (old.config[setting] !== next.config[setting]) {
      notes.push(
        `topic ${next.name}: ${setting} ${old.config[setting] ?? "(default)"} becomes ${next.config[setting] ?? "(default)"}`,
      );
    }
  }
  return notes;
}

function userNotes(old: UserState | undefined, next: UserState): string[] {
  if (old === undefined) return [`user ${next.name} is new, with ${next.rights.length} rights`];
  return JSON.stringify(old.rights) === JSON.stringify(next.rights) ? [] : [`user ${next.name} gets other rights`];
}

function without(all: readonly { name: string }[], others: readonly { name: string }[]): string[] {
  const names = new Set(others.map(({ name }) => name));
  return all.map(({ name }) => name).filter((name) => !names.has(name));
}
