import type { HostRecord } from "./hostRecord";

/** What gatherFacts.sh found on one host. */
export interface HostFacts {
  hostname: string;
  machineId: string;
  /** As `uname -m` says it: x86_64, aarch64, armv7l ... */
  architecture: string;
  userId: number;
  cpus: number;
  memoryMiB: number;
  /** The disks and files that it swaps to. */
  swap: string[];
  /** Of the host's clock from the clock of the machine that asked; positive where the host is ahead. */
  clockOffsetSeconds: number;
  freeDiskMiB: number;
  cgroup: "v1" | "v2";
  memoryCgroup: "on" | "off";
  /** Parts of Linux that a node needs and its kernel does not have. */
  kernelLacks: string[];
  programsMissing: string[];
  addresses: string[];
  /** It has a kubelet that belongs to a cluster. */
  joined: boolean;
  /** What it was told when it was prepared; empty where it was not. */
  record: Partial<HostRecord>;
  /** Who has put files into the folder that is to be its broker's. */
  dataFolder: "empty" | "broker" | "foreign";
  portsTaken: number[];
  noRouteTo: string[];
  /** What kept it from writing where etcd is to write; empty where nothing did. */
  etcdDiskError: string;
  /** Time in which half of small writes to the disk of etcd are safe there; not looked at where it has joined. */
  syncMilliseconds?: number;
}

/**
 * @param text key=value lines of gatherFacts.sh
 * @param firstLineAt epoch in seconds when the first of them arrived
 */
export function parseFacts(text: string, firstLineAt: number): HostFacts {
  const lines = new Map(
    text.split("\n").map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const),
  );
  const get = (key: string): string => {
    const value = lines.get(key);
    if (value === undefined) throw new Error(`the host's facts have no ${key}`);
    return value.trim();
  };
  const record = Object.fromEntries(
    [...lines].flatMap(([key, value]) => (key.startsWith("record.") ? [[key.slice("record.".length), value]] : [])),
  );
  const dataFolder = get("dataFolder");
  const words = (key: string): string[] => get(key).split(" ").filter(Boolean);
  return {
    hostname: get("hostname"),
    machineId: get("machineId"),
    architecture: get("architecture"),
    userId: Number(get("userId")),
    cpus: Number(get("cpus")),
    memoryMiB: Number(get("memoryMiB")),
    swap: words("swap"),
    clockOffsetSeconds: Math.round(Number(get("epochSeconds")) - firstLineAt),
    freeDiskMiB: Number(get("freeDiskMiB")),
    cgroup: get("cgroup") === "v2" ? "v2" : "v1",
    memoryCgroup: get("memoryCgroup") === "off" ? "off" : "on",
    kernelLacks: words("kernelLacks"),
    programsMissing: words("programsMissing"),
    addresses: words("addresses"),
    joined: get("joined") === "yes",
    record,
    dataFolder: dataFolder === "broker" || dataFolder === "foreign" ? dataFolder : "empty",
    portsTaken: words("portsTaken").map(Number),
    noRouteTo: words("noRouteTo"),
    etcdDiskError: get("etcdDiskError"),
    ...(get("syncMilliseconds") !== "" && { syncMilliseconds: Number(get("syncMilliseconds")) }),
  };
}
