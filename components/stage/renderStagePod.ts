import type { types } from "@pulumi/kubernetes";
import { stageHttpPort, stagePaths } from "../../core/contract/stageConfig";
import type { HostChoice } from "../../core/placement/placement";
import type { StagePlan } from "../../core/placement/planPlacement";
import { endsOf } from "./renderStageConfig";

type PodSpec = types.input.core.v1.PodSpec;

export const stageNamespace = "iotef";
/** Key of the ConfigMap, and its file name. */
export const configKey = stagePaths.config.slice(stagePaths.config.lastIndexOf("/") + 1);

/** How long a copy may stay on a host that does not answer, seconds; its lanes have moved long before. */
const leaveDeadHostSeconds = 3;
/** A stage drains in this time, seconds: a transaction in flight ends within its own deadline of 12. */
const drainSeconds = 20;

/** Labels by which everything finds the copies of a stage. Never changed: a Deployment's selector cannot be. */
export function stageSelector(pipeline: string, stage: string): Record<string, string> {
  return {
    "app.kubernetes.io/name": stage,
    "app.kubernetes.io/component": "stage",
    "app.kubernetes.io/part-of": pipeline,
  };
}

/** Name of the ConfigMap with the brokers that a stage begins with. */
export function brokersName({ stage }: Pick<StagePlan, "stage">): string {
  return `${stage}-brokers`;
}

/**
 * The pod of a stage: any host of the cluster will do, control planes too, copies apart from one another; it leaves a dead
 * host within seconds and may do nothing on the host that it runs on.
 *
 * @param pod names of the ConfigMap and the Secret, which are known only when they are made
 */
export function renderStagePod<Name>(
  plan: StagePlan,
  selector: Readonly<Record<string, string>>,
  { configName, secretName }: { configName: Name; secretName: Name },
): PodSpec & { volumes: unknown } {
  return {
    automountServiceAccountToken: false,
    enableServiceLinks: false,
    terminationGracePeriodSeconds: drainSeconds,
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    ...(plan.hosts === undefined ? {} : { affinity: renderAffinity(plan.hosts) }),
    topologySpreadConstraints: [
      {
        maxSkew: 1,
        topologyKey: "kubernetes.io/hostname",
        whenUnsatisfiable: "ScheduleAnyway",
        labelSelector: { matchLabels: { ...selector } },
      },
    ],
    tolerations: [
      { key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" },
      ...["not-ready", "unreachable"].map((condition) => ({
        key: `node.kubernetes.io/${condition}`,
        operator: "Exists",
        effect: "NoExecute",
        tolerationSeconds: leaveDeadHostSeconds,
      })),
    ],
    containers: [renderContainer(plan)],
    volumes: [
      { name: "config", configMap: { name: configName as string } },
      { name: "brokers", configMap: { name: brokersName(plan) } },
      { name: "secrets", secret: { secretName: secretName as string, defaultMode: 0o440, items: secretItems(plan) } },
      { name: "tmp", emptyDir: { sizeLimit: "64Mi" } },
    ],
  };
}

function renderContainer({ image, memoryMiB }: StagePlan): types.input.core.v1.Container {
  const memory = `${memoryMiB}Mi`;
  return {
    name: "stage",
    image,
    imagePullPolicy: "IfNotPresent",
    ports: [{ name: "http", containerPort: stageHttpPort }],
    readinessProbe: {
      httpGet: { path: "/readyz", port: "http" },
      periodSeconds: 2,
      timeoutSeconds: 2,
      failureThreshold: 3,
    },
    // Generous: a restart is no cure for a slow host, and a stage that cannot reach its brokers stays live (workloads/stage/health.ts).
    livenessProbe: {
      httpGet: { path: "/healthz", port: "http" },
      periodSeconds: 10,
      timeoutSeconds: 5,
      failureThreshold: 6,
    },
    startupProbe: {
      httpGet: { path: "/healthz", port: "http" },
      periodSeconds: 2,
      timeoutSeconds: 5,
      failureThreshold: 60,
    },
    resources: { requests: { cpu: "100m", memory }, limits: { memory } },
    securityContext: {
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    },
    volumeMounts: [
      { name: "config", mountPath: stagePaths.config, subPath: configKey, readOnly: true },
      { name: "brokers", mountPath: stagePaths.brokers, readOnly: true },
      { name: "secrets", mountPath: stagePaths.secrets, readOnly: true },
      { name: "tmp", mountPath: "/tmp" },
    ],
  };
}

function renderAffinity(hosts: HostChoice): types.input.core.v1.Affinity {
  const wanted =
    "names" in hosts
      ? [{ key: "kubernetes.io/hostname", operator: "In", values: [...hosts.names] }]
      : Object.entries(hosts.labels).map(([key, value]) => ({ key, operator: "In", values: [value] }));
  return {
    nodeAffinity: {
      requiredDuringSchedulingIgnoredDuringExecution: { nodeSelectorTerms: [{ matchExpressions: wanted }] },
    },
  };
}

/** `from.password` of the Secret becomes the file `from/password`: keys may not hold a slash. */
function secretItems(plan: StagePlan): { key: string; path: string }[] {
  return endsOf(plan).flatMap(([end]) =>
    ["ca.crt", "username", "password"].map((part) => ({ key: `${end}.${part}`, path: `${end}/${part}` })),
  );
}
