import type { Problem } from "../../core/errors";

/**
 * What a host is told when it is prepared (/etc/iotef/host): whose it is, and what its node is made with and keeps from then on.
 * The preflight reads it back, so that no configuration takes a host that belongs to another one, or changes in part what cannot
 * be changed.
 */
export interface HostRecord {
  cluster: string;
  host: string;
  address: string;
  endpointPort: string;
  kubernetesVersion: string;
  podSubnet: string;
  serviceSubnet: string;
  keepConntrackLimits: string;
  evictBelowFreeDiskPercent: string;
  systemReservedMemoryMiB: string;
  kafkaDataPath: string;
}

/** Where each of them comes from. What it is about is decided when a node joins: kubeadm and the broker write it down then. */
const kept: Readonly<Record<Exclude<keyof HostRecord, "cluster" | "host">, (host: string) => string>> = {
  address: (host) => `iotef:hosts.${host}.address`,
  endpointPort: () => "iotef:endpoint.port",
  kubernetesVersion: () => "iotef:kubernetes.version",
  podSubnet: () => "iotef:kubernetes.podSubnet",
  serviceSubnet: () => "iotef:kubernetes.serviceSubnet",
  keepConntrackLimits: () => "iotef:kubernetes.keepConntrackLimits",
  evictBelowFreeDiskPercent: () => "iotef:kubernetes.evictBelowFreeDiskPercent",
  systemReservedMemoryMiB: () => "iotef:kubernetes.systemReservedMemoryMiB",
  kafkaDataPath: () => "iotef:kafka.dataPath",
};

/** The lines of /etc/iotef/host. */
export function formatHostRecord(record: HostRecord): string {
  return Object.entries(record)
    .map(([key, value]) => `${key}=${value}`)
    .join("\n");
}

/** A host with what it is to be told, and what it was told before: nothing where it is new. */
export interface RecordedHost {
  name: string;
  wanted: HostRecord;
  found: Readonly<Partial<HostRecord>>;
  /** It has a kubelet that belongs to a cluster. */
  joined: boolean;
}

/** Why these hosts must not be touched, or not be changed so. A key that an older IoTEF did not write down is not compared. */
export function checkRecords(hosts: readonly RecordedHost[]): Problem[] {
  return [...hosts.flatMap(ownership), ...changes(hosts)];
}

function isSame({ wanted, found }: RecordedHost): boolean {
  return found.cluster === wanted.cluster && found.host === wanted.host;
}

function ownership(host: RecordedHost): Problem[] {
  const { name, found, joined } = host;
  const refuse = (message: string): Problem[] => [{ path: `iotef:hosts.${name}`, message }];
  if (found.host === undefined) {
    return joined
      ? refuse(
          "is a node of a cluster that is not IoTEF's (it has /etc/kubernetes/kubelet.conf); run kubeadm reset there",
        )
      : [];
  }
  if (isSame(host)) return [];
  return refuse(
    `is host ${found.host} of cluster ${found.cluster} already; take it out of iotef:hosts there and run pulumi up, which gives it back, then add it here (where that stack is gone: kubeadm reset and rm -r /etc/iotef on the host)`,
  );
}

/** Of a setting of the whole cluster one problem, however many hosts have the old value. */
function changes(hosts: readonly RecordedHost[]): Problem[] {
  const problems = new Map<string, Problem>();
  for (const { name, wanted, found } of hosts.filter((host) => host.joined && isSame(host))) {
    for (const [key, pathOf] of Object.entries(kept) as [keyof typeof kept, (host: string) => string][]) {
      const [before, now] = [found[key], wanted[key]];
      const path = pathOf(name);
      if (before === undefined || before === now || problems.has(path)) continue;
      const remedy =
        key === "address"
          ? "set it back, or take the host out, run pulumi up, and add it again"
          : "set it back, or make the cluster anew (pulumi destroy, then pulumi up)";
      problems.set(path, {
        path,
        message: `is ${before} on ${name} since it joined and cannot become ${now}; ${remedy}`,
      });
    }
  }
  return [...problems.values()];
}
