import type { Broker } from "./planBrokers";
import { claimName } from "./renderStatefulSet";

/** Spec of a host's volume for its broker: a folder, bound beforehand to the broker's claim, so that nothing else gets it. */
export function renderVolume(
  broker: Broker,
  {
    namespace,
    storageClass,
    path,
    sizeGiB,
  }: { namespace: string; storageClass: string; path: string; sizeGiB: number },
) {
  return {
    capacity: { storage: `${sizeGiB}Gi` },
    accessModes: ["ReadWriteOnce"],
    storageClassName: storageClass,
    // The records stay on the host whatever happens to the objects in the cluster.
    persistentVolumeReclaimPolicy: "Retain",
    local: { path },
    claimRef: { apiVersion: "v1", kind: "PersistentVolumeClaim", namespace, name: claimName(broker.id) },
    nodeAffinity: {
      required: {
        nodeSelectorTerms: [
          { matchExpressions: [{ key: "kubernetes.io/hostname", operator: "In", values: [broker.name] }] },
        ],
      },
    },
  };
}
