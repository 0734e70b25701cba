import type { KafkaChanges } from "./findKafkaChanges";
import type { Change } from "./parsePreview";

/** A change that can cost data or the cluster. */
export interface Danger {
  /** The resource, or the topic. */
  what: string;
  /** One sentence: what it means. */
  why: string;
}

interface ProtectedClass {
  type: RegExp;
  name?: RegExp;
  ops: readonly Change["op"][];
  why: string;
}

const gone: readonly Change["op"][] = ["replace", "delete"];

/** What must not be replaced or deleted by the way. */
const protectedClasses: readonly ProtectedClass[] = [
  { type: /^kubernetes:apps\/v1:StatefulSet$/, ops: gone, why: "all brokers of the cluster stop at once" },
  { type: /^kubernetes:core\/v1:PersistentVolume(Claim)?$/, ops: gone, why: "a broker loses its disk" },
  { type: /^kubernetes:core\/v1:Namespace$/, ops: gone, why: "everything in the namespace is deleted with it" },
  {
    type: /^kubernetes:apiextensions\.k8s\.io\/v1:CustomResourceDefinition$/,
    ops: gone,
    why: "all objects of this kind are deleted with it",
  },
  { type: /^pulumi:providers:kubernetes$/, ops: gone, why: "every object on this cluster is made anew" },
  {
    type: /^command:.*:Command$/,
    name: /-kafka-authority$/,
    ops: gone,
    why: "no client trusts the brokers any more until it has the new authority",
  },
  {
    type: /^command:.*:Command$/,
    name: /-control-plane-/,
    ops: gone,
    why: "a control plane leaves the cluster and is reset",
  },
  {
    type: /^command:.*:Command$/,
    name: /-worker-/,
    ops: gone,
    why: "a host leaves the cluster and is reset; its broker's data goes with it",
  },
  {
    type: /^random:.*:Random(Bytes|Id)$/,
    name: /-kafka-cluster-id/,
    ops: gone,
    why: "the identity of a Kafka changes: brokers refuse their data",
  },
];

/** Replacements and deletions of what holds data or identity, and streams that go. */
export function findDangers(changes: readonly Change[], kafka: readonly KafkaChanges[]): Danger[] {
  const resources = changes.flatMap(({ op, type, name }) => {
    const found = protectedClasses.find(
      (each) => each.type.test(type) && (each.name?.test(name) ?? true) && each.ops.includes(op),
    );
    const verb = op === "replace" ? "is replaced" : "is deleted";
    return found === undefined ? [] : [{ what: `${kindOf(type)} ${name}`, why: `${verb}: ${found.why}` }];
  });
  const topics = kafka.flatMap(({ name, removedTopics }) =>
    removedTopics.map((topic) => ({
      what: `topic ${topic} (${name})`,
      why: "is not wanted any more: it is deleted once it is empty, or with its records where iotef:deleteDataOfRemovedStreams is true",
    })),
  );
  return [...resources, ...topics];
}

/** `kubernetes:apps/v1:StatefulSet` -> `StatefulSet`. */
export function kindOf(type: string): string {
  return type.slice(type.lastIndexOf(":") + 1);
}
