import type { Problem } from "../../core/errors";
import { checkRecords, type HostRecord } from "./hostRecord";
import type { HostFacts } from "./parseFacts";

/** What the checks need of the configuration. */
export interface HostExpectation {
  name: string;
  address: string;
  role: "control-plane" | "worker";
  /** What it is to be told when it is prepared. */
  record: HostRecord;
}

export interface HostRequirements {
  allowCgroupV1: boolean;
  /** How often etcd's leader shows that it lives: a disk that takes as long for a write makes it miss. */
  etcdHeartbeatMs: number;
}

/** kubeadm's own floor for a control plane (facts/provisioning.md 2.6). */
const controlPlaneMemoryMiB = 1700;
const controlPlaneCpus = 2;
/** A worker with one broker at the smallest heap took 330 MiB beside its page cache (facts/supply.md). */
const workerMemoryMiB = 900;
/** Images, logs and etcd of a control plane took 1.3 GiB (facts, spikes/cluster.md). */
const freeDiskMiB = 3000;
/** A host that answers late shows an offset of the seconds its answer was under way; certificates are "not yet valid" beyond this. */
const clockSkewSeconds = 60;

/** The architectures for which Kubernetes is released, by what `uname -m` says. */
export const architectureOfMachine: Readonly<Record<string, "amd64" | "arm64">> = { x86_64: "amd64", aarch64: "arm64" };

/** Every reason why these hosts cannot make a cluster, each with the config path of the host. */
export function validateHosts(
  hosts: readonly HostExpectation[],
  facts: Readonly<Record<string, HostFacts>>,
  requirements: HostRequirements,
): Problem[] {
  return [
    ...hosts.flatMap((host) => oneHost(host, facts[host.name]!, requirements)),
    ...shared(
      hosts,
      facts,
      "machineId",
      "machine id",
      "give each its own: rm /etc/machine-id && systemd-machine-id-setup",
    ),
    ...shared(hosts, facts, "hostname", "host name", "give each its own: hostnamectl hostname NAME"),
    ...clocks(hosts, facts),
    ...checkRecords(
      hosts.map(({ name, record }) => ({
        name,
        wanted: record,
        found: facts[name]!.record,
        joined: facts[name]!.joined,
      })),
    ),
  ];
}

function oneHost(host: HostExpectation, facts: HostFacts, requirements: HostRequirements): Problem[] {
  const problems: Problem[] = [];
  const refuse = (message: string): void => void problems.push({ path: `iotef:hosts.${host.name}`, message });
  const controlPlane = host.role === "control-plane";
  if (!Object.hasOwn(architectureOfMachine, facts.architecture)) {
    refuse(
      `has the architecture ${facts.architecture}, for which Kubernetes is not released; use an amd64 or arm64 host`,
    );
  }
  if (facts.userId !== 0) refuse("is reached by a user other than root; set iotef:ssh.user to root");
  if (facts.programsMissing.length > 0) {
    refuse(
      `has no ${facts.programsMissing.join(", ")}; use Debian or Ubuntu with systemd and the packages mount and iproute2`,
    );
  }
  // What tells of addresses and routes.
  const hasIp = !facts.programsMissing.includes("ip");
  if (hasIp && !facts.addresses.includes(host.address)) {
    refuse(
      `does not hold its address ${host.address} on any interface (it has ${facts.addresses.join(", ")}); use one of those`,
    );
  }
  const memory = controlPlane ? controlPlaneMemoryMiB : workerMemoryMiB;
  const orWorker = controlPlane && facts.memoryMiB >= workerMemoryMiB ? ", or let it be a worker" : "";
  if (facts.memoryMiB < memory)
    refuse(`has ${facts.memoryMiB} MiB of memory; a ${host.role} needs ${memory}: use a larger host${orWorker}`);
  if (controlPlane && facts.cpus < controlPlaneCpus)
    refuse(`has ${facts.cpus} CPU; a control-plane needs ${controlPlaneCpus}: use a larger host${orWorker}`);
  if (facts.swap.length > 0) {
    refuse(
      `swaps to ${facts.swap.join(", ")}; run \`swapoff -a\` and remove what switches it on (/etc/fstab, dphys-swapfile, zram)`,
    );
  }
  if (facts.freeDiskMiB < freeDiskMiB)
    refuse(
      `has ${facts.freeDiskMiB} MiB free under /var/lib; it needs ${freeDiskMiB}: clear some, or use a larger disk`,
    );
  problems.push(...etcdDisk(host, facts, requirements));
  if (facts.cgroup === "v1" && !requirements.allowCgroupV1) {
    refuse(
      "uses cgroup v1, which Kubernetes has given up; boot with systemd.unified_cgroup_hierarchy=1 or set iotef:kubernetes.allowCgroupV1",
    );
  }
  if (facts.memoryCgroup === "off") {
    refuse(
      "has the memory cgroup switched off; add cgroup_enable=memory to the kernel's command line (cmdline.txt on a Raspberry Pi)",
    );
  }
  if (facts.kernelLacks.length > 0) {
    refuse(
      `has no ${facts.kernelLacks.join(", ")} in its kernel; install linux-modules-extra (Ubuntu on a Raspberry Pi) or another kernel`,
    );
  }
  // A host that IoTEF has prepared or joined holds the ports itself.
  if (!facts.joined && facts.record.host === undefined && facts.portsTaken.length > 0) {
    refuse(`has something listening on port ${facts.portsTaken.join(", ")}; stop it, the cluster needs these ports`);
  }
  if (facts.dataFolder === "foreign") {
    refuse(
      `has files in ${host.record.kafkaDataPath} that are no broker's, and would lose them when it is given back; empty that folder, or set iotef:kafka.dataPath to one of the broker's own`,
    );
  }
  if (hasIp && facts.noRouteTo.length > 0)
    refuse(`has no route to ${facts.noRouteTo.join(", ")}; hosts must reach each other directly`);
  return problems;
}

/** A user without root may not write there, of which the check of the user says enough. */
function etcdDisk(host: HostExpectation, facts: HostFacts, { etcdHeartbeatMs }: HostRequirements): Problem[] {
  const refuse = (message: string): Problem[] => [{ path: `iotef:hosts.${host.name}`, message }];
  const { etcdDiskError, syncMilliseconds = 0 } = facts;
  if (facts.userId === 0 && etcdDiskError !== "")
    return refuse(
      `cannot write to the disk of /var/lib/etcd (${etcdDiskError}); mount it for writing, clear some of it`,
    );
  if (host.role !== "control-plane" || syncMilliseconds < etcdHeartbeatMs) return [];
  return refuse(
    `takes ${syncMilliseconds} ms for a write to the disk of /var/lib/etcd; a control-plane needs under ${etcdHeartbeatMs}, good is under 10: use an SSD in place of a card, or let it be a worker`,
  );
}

function shared(
  hosts: readonly HostExpectation[],
  facts: Readonly<Record<string, HostFacts>>,
  key: "machineId" | "hostname",
  what: string,
  remedy: string,
): Problem[] {
  const first = new Map<string, string>();
  return hosts.flatMap(({ name }) => {
    const value = facts[name]![key];
    const other = first.get(value);
    if (other === undefined) {
      first.set(value, name);
      return [];
    }
    return [{ path: `iotef:hosts.${name}`, message: `has the ${what} ${value} of ${other} too; ${remedy}` }];
  });
}

function clocks(hosts: readonly HostExpectation[], facts: Readonly<Record<string, HostFacts>>): Problem[] {
  const sorted = hosts.map(({ name }) => facts[name]!.clockOffsetSeconds).sort((a, b) => a - b);
  const median = sorted[Math.floor(sorted.length / 2)]!;
  return hosts
    .filter(({ name }) => Math.abs(facts[name]!.clockOffsetSeconds - median) > clockSkewSeconds)
    .map(({ name }) => ({
      path: `iotef:hosts.${name}`,
      message: `has a clock ${facts[name]!.clockOffsetSeconds - median} s away from the others; run a time service (chrony, systemd-timesyncd) on it`,
    }));
}
