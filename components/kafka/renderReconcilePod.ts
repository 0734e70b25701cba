import { reconcileFiles, reconcileRefused } from "../../core/contract/reconcileJob";

export interface ReconcilePodInput<Name> {
  image: string;
  configMap: Name;
  secret: Name;
  /** Users whose passwords the Secret holds under `user.<name>`. */
  users: readonly string[];
  /** The operator's own credential in the Secret. */
  credential: "operator.pem" | "password";
}

/** Key of a user's password in the Secret. */
export function passwordKey(user: string): string {
  return `user.${user}`;
}

/**
 * Spec of the Job. What the program refuses (exit code 2) ends it at once: a retry would refuse again. All other ends of a pod,
 * such as a node that died under it, are not counted; what never succeeds is ended by the deadline (seconds). A refusal counts
 * towards a limit of none, instead of `FailJob`, because Pulumi's wait for Jobs ends at the reasons BackoffLimitExceeded and
 * DeadlineExceeded only: after PodFailurePolicy it waited for ever (cloud-ready-checks 1.3.0, pkg/kubernetes/job).
 */
export function renderReconcileJob<Name>(input: ReconcilePodInput<Name>) {
  return {
    backoffLimit: 0,
    activeDeadlineSeconds: 1800,
    podFailurePolicy: {
      rules: [
        { action: "Ignore", onPodConditions: [{ type: "DisruptionTarget", status: "True" }] },
        {
          action: "Ignore",
          onExitCodes: { containerName: "reconcile", operator: "NotIn", values: [reconcileRefused] },
        },
      ],
    },
    template: { spec: renderPod(input) },
  };
}

function renderPod<Name>({ image, configMap, secret, users, credential }: ReconcilePodInput<Name>) {
  const passwords = [...users].sort().map((user) => ({ key: passwordKey(user), path: `users/${user}` }));
  return {
    restartPolicy: "Never",
    enableServiceLinks: false,
    automountServiceAccountToken: false,
    tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
    securityContext: {
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    },
    containers: [
      {
        name: "reconcile",
        image,
        // What it said last is what `pulumi up` shows when the Job fails.
        terminationMessagePolicy: "FallbackToLogsOnError",
        resources: { requests: { cpu: "50m", memory: "96Mi" }, limits: { memory: "256Mi" } },
        securityContext: {
          allowPrivilegeEscalation: false,
          readOnlyRootFilesystem: true,
          capabilities: { drop: ["ALL"] },
        },
        volumeMounts: [
          { name: "job", mountPath: reconcileFiles.job, subPath: "job.json" },
          { name: "secrets", mountPath: reconcileFiles.secrets },
        ],
      },
    ],
    volumes: [
      { name: "job", configMap: { name: configMap } },
      {
        name: "secrets",
        secret: {
          secretName: secret,
          defaultMode: 0o440,
          items: [{ key: credential, path: credential }, ...passwords],
        },
      },
    ],
  };
}
