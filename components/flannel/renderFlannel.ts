/** Names of upstream's manifest (Documentation/kube-flannel.yml of flannel v0.28.10), which people know. */
export const flannelNames = { namespace: "kube-flannel", account: "flannel", daemonSet: "kube-flannel-ds" } as const;

/** What the agents of all nodes read. */
export function renderFlannelConfig(podSubnet: string): Record<string, string> {
  const cni = {
    name: "cbr0",
    // Upstream writes 1.0.0; every build of the plugin there is understands this one.
    cniVersion: "0.3.1",
    plugins: [
      { type: "flannel", delegate: { hairpinMode: true, isDefaultGateway: true } },
      { type: "portmap", capabilities: { portMappings: true } },
    ],
  };
  const net = { Network: podSubnet, EnableNFTables: true, Backend: { Type: "vxlan" } };
  return { "cni-conf.json": JSON.stringify(cni, undefined, 2), "net-conf.json": JSON.stringify(net, undefined, 2) };
}

/** Rules of upstream's ClusterRole. */
export const flannelRules = [
  { apiGroups: [""], resources: ["pods"], verbs: ["get"] },
  { apiGroups: [""], resources: ["nodes"], verbs: ["get", "list", "watch"] },
  { apiGroups: [""], resources: ["nodes/status"], verbs: ["patch"] },
];

export interface FlannelPodInput<Name> {
  image: string;
  cniPluginImage: string;
  configMap: Name;
}

/**
 * Upstream's DaemonSet with two differences: the tunnel is pinned to the node's own address (the one of the
 * configuration; a host may have several), and no taint keeps it away, because without it nothing else can start.
 */
export function renderFlannelDaemonSet<Name>({ image, cniPluginImage, configMap }: FlannelPodInput<Name>) {
  const labels = { tier: "node", app: "flannel" };
  return {
    selector: { matchLabels: { app: "flannel" } },
    // Nodes keep forwarding while the agent is away, so several may be renewed at a time.
    updateStrategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 2 } },
    template: {
      metadata: { labels },
      spec: {
        hostNetwork: true,
        priorityClassName: "system-node-critical",
        serviceAccountName: flannelNames.account,
        nodeSelector: { "kubernetes.io/os": "linux" },
        tolerations: [{ operator: "Exists" }],
        initContainers: [
          {
            name: "install-cni-plugin",
            image: cniPluginImage,
            command: ["cp"],
            args: ["-f", "/flannel", "/opt/cni/bin/flannel"],
            volumeMounts: [{ name: "cni-plugin", mountPath: "/opt/cni/bin" }],
          },
          {
            name: "install-cni",
            image,
            command: ["/opt/bin/install-conf"],
            args: ["/etc/kube-flannel/cni-conf.json", "/etc/cni/net.d/10-flannel.conflist"],
            volumeMounts: [
              { name: "cni", mountPath: "/etc/cni/net.d" },
              { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" },
            ],
          },
        ],
        containers: [renderAgent(image)],
        volumes: [
          { name: "run", hostPath: { path: "/run/flannel", type: "DirectoryOrCreate" } },
          { name: "cni-plugin", hostPath: { path: "/opt/cni/bin", type: "DirectoryOrCreate" } },
          { name: "cni", hostPath: { path: "/etc/cni/net.d", type: "DirectoryOrCreate" } },
          { name: "flannel-cfg", configMap: { name: configMap } },
          { name: "xtables-lock", hostPath: { path: "/run/xtables.lock", type: "FileOrCreate" } },
        ],
      },
    },
  };
}

function renderAgent(image: string) {
  const fromField = (name: string, fieldPath: string) => ({ name, valueFrom: { fieldRef: { fieldPath } } });
  return {
    name: "kube-flannel",
    image,
    command: ["/opt/bin/flanneld"],
    args: ["--ip-masq", "--kube-subnet-mgr", "--iface=$(NODE_ADDRESS)", "--healthz-port=8081"],
    ports: [{ name: "healthz", containerPort: 8081, protocol: "TCP" }],
    livenessProbe: {
      httpGet: { path: "/healthz", port: "healthz" },
      initialDelaySeconds: 10,
      periodSeconds: 30,
      timeoutSeconds: 5,
    },
    readinessProbe: {
      httpGet: { path: "/readyz", port: "healthz" },
      initialDelaySeconds: 5,
      periodSeconds: 10,
      timeoutSeconds: 5,
    },
    resources: { requests: { cpu: "50m", memory: "50Mi" } },
    securityContext: { privileged: false, capabilities: { add: ["NET_ADMIN", "NET_RAW"] } },
    env: [
      fromField("NODE_ADDRESS", "status.hostIP"),
      fromField("POD_NAME", "metadata.name"),
      fromField("POD_NAMESPACE", "metadata.namespace"),
      { name: "EVENT_QUEUE_DEPTH", value: "5000" },
      { name: "CONT_WHEN_CACHE_NOT_READY", value: "false" },
    ],
    volumeMounts: [
      { name: "run", mountPath: "/run/flannel" },
      { name: "flannel-cfg", mountPath: "/etc/kube-flannel/" },
      { name: "xtables-lock", mountPath: "/run/xtables.lock" },
    ],
  };
}
