import type * as command from "@pulumi/command";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { apiEndpointName } from "../../core/naming";
import { balanceApi, healthPort } from "../haproxy";
import { checkBeforeChange, prepareHost, renderResetHost, type HostAccess, type HostRecord } from "../host";
import { certificateExpiry, quarterOf, type CertificateExpiry } from "./certificateExpiry";
import { createClusterScript } from "./clusterScript";
import { installUpkeep } from "./installUpkeep";
import { etcdHeartbeatMs, renderInitConfig, renderJoinConfig, type KubeadmSettings } from "./renderKubeadmConfig";
import { renderKubeconfig } from "./renderKubeconfig";
import { removeUpkeep } from "./renderUpkeep";

/** A host of the rack, reachable, with what the cluster makes of it. */
export interface ClusterHost extends HostAccess {
  role: "control-plane" | "worker";
  /** Listens for the API on its address too. */
  apiEntry: boolean;
  labels: Readonly<Record<string, string>>;
}

export interface KubeadmClusterArgs {
  /** The rack, sorted by name. Plain: it gives the component its children. */
  hosts: readonly ClusterHost[];
  kubernetes: Omit<KubeadmSettings, "cluster" | "endpoint" | "certificateNames" | "kubernetesVersion"> & {
    version: string;
    statsPeriodSeconds: number;
  };
  endpoint: { port: number; virtualIp?: string };
  /** Snapshots of etcd, on every control plane. */
  backup: { intervalHours: number; keep: number };
  kafkaDataPath: string;
  mirror?: string;
}

/**
 * A highly available kubeadm cluster on hosts that answer on SSH: all hosts are checked before any is changed, control
 * planes join one by one, workers side by side, and every host reaches the API through its own HAProxy.
 *
 * @example
 * const kubeadm = new KubeadmCluster("edge", { hosts, kubernetes, endpoint: { port: 8443 }, backup: { intervalHours: 6, keep: 4 }, kafkaDataPath: "/var/lib/iotef/kafka" });
 * const provider = new k8s.Provider("edge", { kubeconfig: kubeadm.kubeconfig, clusterIdentifier: "edge" });
 */
export class KubeadmCluster extends pulumi.ComponentResource {
  /** Secret. Resolves when every host has joined. */
  readonly kubeconfig: pulumi.Output<string>;
  /** When the authority and the kubeconfig end. */
  readonly certificates: pulumi.Output<CertificateExpiry>;
  readonly apiEndpoints: string[];
  /** Machine id of each host, by its name. */
  readonly machines: pulumi.Output<Readonly<Record<string, string>>>;
  /** The resource with which everything in the cluster ends: `deletedWith` it, no object needs a delete of its own. */
  readonly anchor: pulumi.Resource;

  constructor(name: string, args: KubeadmClusterArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("iotef:kubeadm:KubeadmCluster", name, {}, options);
    const parent = { parent: this };
    const controlPlanes = args.hosts.filter((host) => host.role === "control-plane");
    const workers = args.hosts.filter((host) => host.role === "worker");
    // Control planes come last: they have enough to do, and are entries so that the API can be reached with every worker gone.
    const entries = [...workers, ...controlPlanes].filter((host) => host.apiEntry);
    const settings = kubeadmSettings(name, args);

    const rack = args.hosts.map((host) => ({ ...host, record: recordOf(name, host, args) }));
    const hooks = checkBeforeChange(name, rack, {
      allowCgroupV1: args.kubernetes.allowCgroupV1,
      etcdHeartbeatMs,
      apiPorts: [args.endpoint.port, healthPort(args.endpoint.port)],
    });
    const prepared = new Map(rack.map((host) => [host.name, prepare(host)]));
    const ready = new Map(args.hosts.map((host) => [host.name, balance(host, prepared.get(host.name)!)]));
    controlPlanes.forEach((host, position) =>
      installUpkeep(name, host, { ...args.backup, position }, { ...parent, dependsOn: ready.get(host.name)! }),
    );
    const founders = rememberFounders();
    const joined = joinControlPlanes();
    const joinedWorkers = workers.map((worker) => joinWorker(worker, joined[0]!));
    const admin = createClusterScript(
      `${name}-kubeconfig`,
      { controlPlanes, script: "readKubeconfig.sh", variables: { READ_IN: quarterOf(new Date()) } },
      { ...parent, dependsOn: [...joined, ...joinedWorkers], additionalSecretOutputs: ["stdout"] },
    );

    const release = createClusterScript(
      `${name}-release`,
      { controlPlanes, onUpdate: "releaseGone.sh", variables: { RACK: args.hosts.map((host) => host.name).join(" ") } },
      { ...parent, dependsOn: [...joined, ...joinedWorkers] },
    );

    this.apiEndpoints = [
      ...(args.endpoint.virtualIp === undefined ? [] : [args.endpoint.virtualIp]),
      ...entries.map(({ address }) => address),
    ].map((address) => `https://${address}:${args.endpoint.port}`);
    this.kubeconfig = pulumi.secret(
      admin.stdout.apply((text) => renderKubeconfig(text, name, this.apiEndpoints[0]!, apiEndpointName(name))),
    );
    this.certificates = pulumi.unsecret(this.kubeconfig.apply(certificateExpiry));
    // Not a host's own: any host may leave, and what is deleted in that run must be deleted for real.
    this.anchor = release;
    this.machines = pulumi.all(
      Object.fromEntries(
        [...prepared].map(([host, { stdout }]) => [host, stdout.apply((text) => text.trim().split("\n").at(-1)!)]),
      ),
    );
    this.registerOutputs({ kubeconfig: this.kubeconfig });

    /** Comes before all that is done to the host, and so goes after all of it: by then it has left the cluster. */
    function giveBack(host: ClusterHost): pulumi.Resource {
      return createClusterScript(
        `${name}-give-back-${host.name}`,
        {
          host,
          // Its own host is all that it talks to.
          controlPlanes: [],
          script: "keepRole.sh",
          remembers: true,
          onDelete: "giveBack.sh",
          tells: true,
          variables: {
            CLUSTER: name,
            ROLE: host.role,
            RESET: `${removeUpkeep}\n${renderResetHost(args.kafkaDataPath)}`,
          },
        },
        parent,
      );
    }

    function prepare(host: ClusterHost & { record: HostRecord }): command.remote.Command {
      const last = giveBack(host);
      return prepareHost(
        name,
        host,
        {
          record: host.record,
          role: host.role,
          restrictOomScoreAdj: args.kubernetes.restrictOomScoreAdj,
          statsPeriodSeconds: args.kubernetes.statsPeriodSeconds,
          goMaxProcs: args.kubernetes.goMaxProcs,
          hostsBlock: hostsBlock(name, args.hosts),
          virtualIp: args.endpoint.virtualIp !== undefined && host.apiEntry,
          ...(args.mirror === undefined ? {} : { mirror: args.mirror }),
        },
        { ...parent, dependsOn: last, hooks },
      );
    }

    function balance(host: ClusterHost, prepared: pulumi.Resource): pulumi.Resource {
      return balanceApi(
        name,
        host,
        {
          cluster: name,
          port: args.endpoint.port,
          entries,
          controlPlanes,
          ...(args.endpoint.virtualIp === undefined ? {} : { virtualIp: args.endpoint.virtualIp }),
        },
        { ...parent, dependsOn: prepared },
      );
    }

    /**
     * Which control planes the cluster began with, in keepers that no change touches any more: none but these may ever start it.
     * Where all were replaced at once, the first new one would else find nobody who serves, and start another cluster.
     */
    function rememberFounders(): pulumi.Output<string> {
      const first = controlPlanes.map((host) => `${host.name}@${host.generation}`).join(" ");
      const memory = new random.RandomBytes(
        `${name}-founders`,
        { length: 1, keepers: { controlPlanes: first } },
        { ...parent, dependsOn: controlPlanes.map((host) => ready.get(host.name)!), ignoreChanges: ["keepers"] },
      );
      return memory.keepers.apply((keepers) => keepers?.["controlPlanes"] ?? first);
    }

    /** One after the other: etcd takes one learner at a time, and joining side by side gains nothing (facts/supply.md). */
    function joinControlPlanes(): pulumi.Resource[] {
      return controlPlanes.reduce<pulumi.Resource[]>((before, host) => {
        const after = before.at(-1);
        const joining = createClusterScript(
          `${name}-control-plane-${host.name}`,
          {
            host,
            controlPlanes,
            script: "ensureControlPlane.sh",
            onDelete: "removeNode.sh",
            variables: {
              FOUNDERS: founders,
              ENDPOINT: settings.endpoint,
              KUBERNETES_VERSION: settings.kubernetesVersion,
              INIT_CONFIG: renderInitConfig(settings, host),
              JOIN_CONFIG: renderJoinConfig(settings, host, "control-plane"),
            },
          },
          { ...parent, dependsOn: [ready.get(host.name)!, ...(after === undefined ? [] : [after])] },
        );
        return [...before, joining];
      }, []);
    }

    function joinWorker(host: ClusterHost, firstControlPlane: pulumi.Resource): pulumi.Resource {
      return createClusterScript(
        `${name}-worker-${host.name}`,
        {
          host,
          controlPlanes,
          script: "ensureWorker.sh",
          onDelete: "removeNode.sh",
          variables: { JOIN_CONFIG: renderJoinConfig(settings, host, "worker") },
        },
        { ...parent, dependsOn: [ready.get(host.name)!, firstControlPlane] },
      );
    }
  }
}

function kubeadmSettings(name: string, { kubernetes, endpoint }: KubeadmClusterArgs): KubeadmSettings {
  const { version, statsPeriodSeconds: _, ...rest } = kubernetes;
  return {
    ...rest,
    cluster: name,
    kubernetesVersion: version,
    endpoint: `${apiEndpointName(name)}:${endpoint.port}`,
    certificateNames: [
      apiEndpointName(name),
      "127.0.0.1",
      ...(endpoint.virtualIp === undefined ? [] : [endpoint.virtualIp]),
    ],
  };
}

function recordOf(cluster: string, host: ClusterHost, args: KubeadmClusterArgs): HostRecord {
  const { kubernetes, endpoint, kafkaDataPath } = args;
  return {
    cluster,
    host: host.name,
    address: host.address,
    endpointPort: String(endpoint.port),
    kubernetesVersion: kubernetes.version,
    podSubnet: kubernetes.podSubnet,
    serviceSubnet: kubernetes.serviceSubnet,
    keepConntrackLimits: String(kubernetes.keepConntrackLimits),
    evictBelowFreeDiskPercent: String(kubernetes.evictBelowFreeDiskPercent),
    systemReservedMemoryMiB: String(kubernetes.systemReservedMemoryMiB),
    kafkaDataPath,
  };
}

function hostsBlock(name: string, hosts: readonly HostAccess[]): string {
  return [`127.0.0.1 ${apiEndpointName(name)}`, ...hosts.map((host) => `${host.address} ${host.name}`)].join("\n");
}
