import { stringify } from "yaml";

/** What the cluster is like; plain data. */
export interface KubeadmSettings {
  cluster: string;
  kubernetesVersion: string;
  podSubnet: string;
  serviceSubnet: string;
  /** `api.edge.iotef:8443`: a name that every host resolves to its own HAProxy, never an address. */
  endpoint: string;
  /** Further names and addresses in the API server's certificate. */
  certificateNames: readonly string[];
  allowCgroupV1: boolean;
  restrictOomScoreAdj: boolean;
  keepConntrackLimits: boolean;
  /** GOMAXPROCS of the control plane's programs; all processors where missing. */
  goMaxProcs?: number;
  systemReservedMemoryMiB: number;
  evictBelowFreeDiskPercent: number;
}

export interface KubeadmHost {
  name: string;
  address: string;
}

/** What the scripts put in place of, on the host, from their standard input: never in the state. */
export const secretPlaceholders = {
  token: "@TOKEN@",
  caCertHash: "@CA_HASH@",
  certificateKey: "@CERTIFICATE_KEY@",
} as const;

/** Where the preparation of a host puts what differs from kubeadm's own static pods (components/host/prepareHost.sh). */
const patches = { directory: "/etc/iotef/kubeadm-patches" };

/** Small, busy machines take their time: each of kubeadm's own limits is raised, the caller's is the one that ends it. */
const timeouts = {
  controlPlaneComponentHealthCheck: "15m0s",
  kubeletHealthCheck: "10m0s",
  kubernetesAPICall: "5m0s",
  etcdAPICall: "5m0s",
  tlsBootstrap: "10m0s",
  discovery: "10m0s",
};

/**
 * A node that has not renewed its lease for this long is dead, and its stages start elsewhere (default 50 s). A lease is renewed
 * four times in its duration: so many renewals must fail in a row, and a host that stands still for a moment is not taken for dead.
 */
const deadNodeSeconds = 20;

/**
 * How long a kubelet waits for the answer to a renewal, which it takes from here (default 10 s). After two in vain it connects
 * anew, to another API server: with the default a node that one server leaves waiting would be dead by then.
 */
const heartbeatSeconds = 5;

/**
 * How often etcd's leader shows that it lives, and how long its followers wait for that, milliseconds: 2.5 times the defaults
 * (100, 1000), in etcd's own ratio. A small machine whose cores or disk are busy misses a second now and then, and each new
 * leader costs the API seconds; stages and brokers need neither.
 */
export const etcdHeartbeatMs = 250;
const etcdPatience = [
  { name: "heartbeat-interval", value: String(etcdHeartbeatMs) },
  { name: "election-timeout", value: String(10 * etcdHeartbeatMs) },
];

/**
 * How long the controller manager and the scheduler keep their lease (defaults 15, 10 and 2 s). They end themselves when they
 * cannot renew it, and start again by listing everything: on a host whose cores are all busy that was seen every few minutes and
 * kept them busy. Clean ends give the lease back at once; after a sudden death the next one takes over after 40 s. Stages and
 * brokers need neither.
 */
const leasePatience = [
  { name: "leader-elect-lease-duration", value: "40s" },
  { name: "leader-elect-renew-deadline", value: "30s" },
  { name: "leader-elect-retry-period", value: "5s" },
];

/** Configuration for `kubeadm init` on `host`. */
export function renderInitConfig(settings: KubeadmSettings, host: KubeadmHost): string {
  return documents([
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "InitConfiguration",
      // The tokens for joins are made when a host joins; init makes one that ends at once.
      bootstrapTokens: [
        {
          ttl: "1m0s",
          usages: ["authentication", "signing"],
          groups: ["system:bootstrappers:kubeadm:default-node-token"],
        },
      ],
      localAPIEndpoint: { advertiseAddress: host.address, bindPort: 6443 },
      nodeRegistration: nodeRegistration(settings, host),
      patches,
      timeouts,
    },
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "ClusterConfiguration",
      clusterName: settings.cluster,
      kubernetesVersion: `v${settings.kubernetesVersion}`,
      controlPlaneEndpoint: settings.endpoint,
      networking: { podSubnet: settings.podSubnet, serviceSubnet: settings.serviceSubnet, dnsDomain: "cluster.local" },
      apiServer: { certSANs: [...settings.certificateNames], ...environment(settings) },
      etcd: { local: { extraArgs: etcdPatience, ...environment(settings) } },
      controllerManager: {
        extraArgs: [{ name: "node-monitor-grace-period", value: `${deadNodeSeconds}s` }, ...leasePatience],
        ...environment(settings),
      },
      scheduler: { extraArgs: leasePatience, ...environment(settings) },
    },
    kubeletConfiguration(settings),
    kubeProxyConfiguration(settings),
  ]);
}

/** Configuration for `kubeadm join`; token, hash and key are placeholders. */
export function renderJoinConfig(
  settings: KubeadmSettings,
  host: KubeadmHost,
  role: "control-plane" | "worker",
): string {
  return documents([
    {
      apiVersion: "kubeadm.k8s.io/v1beta4",
      kind: "JoinConfiguration",
      discovery: {
        bootstrapToken: {
          apiServerEndpoint: settings.endpoint,
          token: secretPlaceholders.token,
          caCertHashes: [secretPlaceholders.caCertHash],
        },
      },
      nodeRegistration: nodeRegistration(settings, host),
      timeouts,
      ...(role === "control-plane"
        ? {
            patches,
            controlPlane: {
              certificateKey: secretPlaceholders.certificateKey,
              localAPIEndpoint: { advertiseAddress: host.address, bindPort: 6443 },
            },
          }
        : {}),
    },
  ]);
}

function environment({ goMaxProcs }: KubeadmSettings): object {
  return goMaxProcs === undefined ? {} : { extraEnvs: [{ name: "GOMAXPROCS", value: String(goMaxProcs) }] };
}

function nodeRegistration({ allowCgroupV1 }: KubeadmSettings, { name, address }: KubeadmHost): object {
  return {
    name,
    criSocket: "unix:///run/containerd/containerd.sock",
    imagePullPolicy: "IfNotPresent",
    // Without it the interface of the default route wins, which need not be the cluster's.
    kubeletExtraArgs: [{ name: "node-ip", value: address }],
    ...(allowCgroupV1 ? { ignorePreflightErrors: ["SystemVerification"] } : {}),
  };
}

function kubeletConfiguration(settings: KubeadmSettings): object {
  return {
    apiVersion: "kubelet.config.k8s.io/v1beta1",
    kind: "KubeletConfiguration",
    cgroupDriver: "systemd",
    rotateCertificates: true,
    nodeLeaseDurationSeconds: deadNodeSeconds,
    nodeStatusUpdateFrequency: `${heartbeatSeconds}s`,
    // The default, which is lost where the one above is set: a status without news is sent that seldom.
    nodeStatusReportFrequency: "5m0s",
    ...diskLimits(settings.evictBelowFreeDiskPercent),
    ...(settings.allowCgroupV1 ? { failCgroupV1: false } : {}),
    ...(settings.restrictOomScoreAdj ? { oomScoreAdj: 0 } : {}),
    ...(settings.systemReservedMemoryMiB > 0
      ? { systemReserved: { memory: `${settings.systemReservedMemoryMiB}Mi` } }
      : {}),
  };
}

/** Images are collected before pods are evicted. evictionHard takes the place of all defaults, so the others are repeated. */
function diskLimits(percent: number): object {
  return {
    evictionHard: {
      "memory.available": "100Mi",
      "nodefs.available": `${percent}%`,
      "nodefs.inodesFree": "5%",
      "imagefs.available": `${percent}%`,
    },
    imageGCHighThresholdPercent: 100 - percent - 2,
    imageGCLowThresholdPercent: 100 - percent - 7,
  };
}

function kubeProxyConfiguration(settings: KubeadmSettings): object {
  return {
    apiVersion: "kubeproxy.config.k8s.io/v1alpha1",
    kind: "KubeProxyConfiguration",
    mode: "nftables",
    ...(settings.restrictOomScoreAdj ? { oomScoreAdj: 0 } : {}),
    ...(settings.keepConntrackLimits ? { conntrack: { maxPerCore: 0, min: 0 } } : {}),
  };
}

function documents(objects: readonly object[]): string {
  return objects.map((object) => stringify(object, { lineWidth: 0 })).join("---\n");
}
