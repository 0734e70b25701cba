/** Names of upstream's manifest (manifests/base of metrics-server v0.9.0), which `kubectl top` and people know. */
export const metricsServerNames = { namespace: "kube-system", server: "metrics-server" } as const;

export const metricsServerLabels = { "k8s-app": "metrics-server" };

/** Upstream's ClusterRoles, by name. */
export const metricsServerRoles = {
  reader: [{ apiGroups: ["metrics.k8s.io"], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] }],
  server: [
    { apiGroups: [""], resources: ["nodes/metrics"], verbs: ["get"] },
    { apiGroups: [""], resources: ["pods", "nodes"], verbs: ["get", "list", "watch"] },
  ],
};

/**
 * Upstream's Deployment with three differences: it may run on control planes, asks for less memory (ten nodes need
 * little), and does not check kubelets' certificates: kubeadm lets each kubelet sign its own.
 */
export function renderMetricsServer(image: string) {
  const probe = (path: string) => ({
    httpGet: { path, port: "https", scheme: "HTTPS" },
    periodSeconds: 10,
    timeoutSeconds: 5,
  });
  return {
    selector: { matchLabels: metricsServerLabels },
    strategy: { rollingUpdate: { maxUnavailable: 0 } },
    template: {
      metadata: { labels: metricsServerLabels },
      spec: {
        serviceAccountName: metricsServerNames.server,
        priorityClassName: "system-cluster-critical",
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: [{ key: "node-role.kubernetes.io/control-plane", operator: "Exists", effect: "NoSchedule" }],
        volumes: [{ name: "tmp-dir", emptyDir: {} }],
        containers: [
          {
            name: "metrics-server",
            image,
            args: [
              "--cert-dir=/tmp",
              "--secure-port=10250",
              "--kubelet-preferred-address-types=InternalIP,ExternalIP,Hostname",
              "--kubelet-use-node-status-port",
              "--kubelet-insecure-tls",
              "--metric-resolution=30s",
            ],
            ports: [{ name: "https", containerPort: 10250, protocol: "TCP" }],
            readinessProbe: { ...probe("/readyz"), failureThreshold: 3, initialDelaySeconds: 20 },
            livenessProbe: { ...probe("/livez"), failureThreshold: 3 },
            resources: { requests: { cpu: "50m", memory: "80Mi" } },
            securityContext: {
              readOnlyRootFilesystem: true,
              runAsNonRoot: true,
              runAsUser: 1000,
              allowPrivilegeEscalation: false,
              seccompProfile: { type: "RuntimeDefault" },
              capabilities: { drop: ["ALL"] },
            },
            volumeMounts: [{ name: "tmp-dir", mountPath: "/tmp" }],
          },
        ],
      },
    },
  };
}
