import { ports } from "./renderServerProperties";

/** Names of what the pods mount; a generic, because names are only known when Pulumi runs. */
export interface BrokerPodInput<Name> {
  image: string;
  brokerCount: number;
  heapMiB: number;
  storageClass: string;
  /** Changes with what brokers read at their start only: they are restarted for it, one by one, and for nothing else. */
  restartFor: string;
  /** ConfigMap with the files of renderBrokerFiles. */
  configMap: Name;
  /** Secret with `ca.crt` and, for each pod, `<pod>.pem`. */
  tlsSecret: Name;
}

/**
 * Where the pod finds its files: not under the upstream image's own volumes, which would be mounted over them. The
 * keystore is the pod's own; no broker sees the key of another.
 */
export const brokerPaths = {
  config: "/etc/iotef/kafka",
  keystore: "/etc/iotef/tls/keystore.pem",
  truststore: "/etc/iotef/tls/ca.crt",
  volume: "/var/lib/iotef/kafka",
  state: "/tmp",
} as const;

/** Name of the StatefulSet, its headless Service and its pods' label. */
export const brokerSet = "kafka";
const labels = { app: brokerSet };

/** The claim that the StatefulSet makes for broker `id`; the volume of its host is bound to it beforehand. */
export function claimName(id: number): string {
  return `data-${brokerSet}-${id}`;
}

/** Spec of the StatefulSet: ordinal n is broker n, on the host whose volume is bound to its claim. */
export function renderStatefulSet<Name>(input: BrokerPodInput<Name>) {
  return {
    serviceName: brokerSet,
    replicas: input.brokerCount,
    // All at once: a quorum cannot form one by one.
    podManagementPolicy: "Parallel",
    // One at a time, and a while for its replicas to catch up before the next one goes.
    updateStrategy: { type: "RollingUpdate" },
    minReadySeconds: 15,
    selector: { matchLabels: labels },
    template: { metadata: { labels, annotations: { "iotef/restart-for": input.restartFor } }, spec: renderPod(input) },
    // The claim of a broker that is taken away must not hold its host's volume.
    persistentVolumeClaimRetentionPolicy: { whenScaled: "Delete", whenDeleted: "Retain" },
    volumeClaimTemplates: [
      {
        metadata: { name: "data" },
        spec: {
          accessModes: ["ReadWriteOnce"],
          storageClassName: input.storageClass,
          // The size is the volume's (bound beforehand): a larger request here would mean a new StatefulSet.
          resources: { requests: { storage: "1Gi" } },
        },
      },
    ],
  };
}

function renderPod<Name>({ image, heapMiB, configMap, tlsSecret }: BrokerPodInput<Name>) {
  const sameHost = { topologyKey: "kubernetes.io/hostname", labelSelector: { matchLabels: labels } };
  return {
    hostNetwork: true,
    dnsPolicy: "ClusterFirstWithHostNet",
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    priorityClassName: "system-cluster-critical",
    terminationGracePeriodSeconds: 90,
    affinity: { podAntiAffinity: { requiredDuringSchedulingIgnoredDuringExecution: [sameHost] } },
    tolerations: [
      { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
      // A broker's records are on its host: it waits there, whatever befalls the host, and is never moved.
      { key: "node.kubernetes.io/not-ready", operator: "Exists", effect: "NoExecute" },
      { key: "node.kubernetes.io/unreachable", operator: "Exists", effect: "NoExecute" },
    ],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      fsGroupChangePolicy: "OnRootMismatch",
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [renderContainer(image, heapMiB)],
    volumes: [
      { name: "config", configMap: { name: configMap } },
      { name: "tls", secret: { secretName: tlsSecret, defaultMode: 0o440 } },
      { name: "state", emptyDir: {} },
    ],
  };
}

const look = { exec: { command: ["sh", `${brokerPaths.config}/isReady.sh`] }, timeoutSeconds: 5 };

function renderContainer(image: string, heapMiB: number) {
  return {
    name: "kafka",
    image,
    command: ["sh", `${brokerPaths.config}/runBroker.sh`],
    env: [
      { name: "POD_NAME", valueFrom: { fieldRef: { fieldPath: "metadata.name" } } },
      { name: "CONFIG", value: brokerPaths.config },
      { name: "DATA", value: brokerPaths.volume },
      { name: "STATE", value: brokerPaths.state },
      { name: "HEAP_MIB", value: String(heapMiB) },
    ],
    ports: Object.entries(ports).map(([name, containerPort]) => ({ name, containerPort })),
    // No liveness probe: without a quorum a broker is right to wait, and a restart would only take longer.
    // A look costs a process in the container, which takes containerd and runc a tenth of a second of CPU: every 3 s while ten
    // brokers start was a third of a core. Seldom later: clients learn of a broker that went from the controllers, within
    // seconds, and not from Kubernetes.
    startupProbe: { ...look, periodSeconds: 10, failureThreshold: 120 },
    readinessProbe: { ...look, periodSeconds: 20, failureThreshold: 2 },
    // Beside the heap a broker needs about 250 MiB; the rest is page cache, which the kernel takes back
    // (facts/kafka.md M: 570 MiB after an hour of load with a heap of 320).
    resources: {
      // Its weight among the pods of a busy host, as an API server has it. With 100m brokers stood still for 3 s, and
      // the controllers took them for dead.
      requests: { cpu: "250m", memory: `${heapMiB + 256}Mi` },
      limits: { memory: `${heapMiB + 512}Mi` },
    },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    terminationMessagePolicy: "FallbackToLogsOnError",
    volumeMounts: [
      { name: "config", mountPath: brokerPaths.config },
      { name: "tls", mountPath: brokerPaths.keystore, subPathExpr: "$(POD_NAME).pem" },
      { name: "tls", mountPath: brokerPaths.truststore, subPath: "ca.crt" },
      { name: "data", mountPath: brokerPaths.volume },
      { name: "state", mountPath: brokerPaths.state },
    ],
  };
}
