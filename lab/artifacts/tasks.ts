import { join } from "node:path";

/** One artifact: a recipe that fills a folder. */
export interface Task {
  name: string;
  /** Uses both cores (a compiler) or mostly waits for the network; the two kinds run side by side. */
  load: "cpu" | "network";
  /** Names of versions that the recipe reads. */
  versions: readonly string[];
  /** Tasks whose folders it reads, as DEP_<NAME>. */
  needs: readonly string[];
}

export const recipesFolder = join(__dirname, "recipes");

const task = (name: string, load: Task["load"], versions: readonly string[], needs: readonly string[] = []): Task => ({
  name,
  load,
  versions,
  needs,
});

/** In the order in which they start when they can: what a host needs first, so that a developer can begin while the rest is compiled. */
export const tasks: readonly Task[] = [
  task("kubernetes", "cpu", ["KUBERNETES"]),
  task("pulumi", "cpu", ["PULUMI"]),
  task("metrics-server", "cpu", ["METRICS_SERVER"]),
  task("containerd", "cpu", ["CONTAINERD"]),
  task("flannel", "cpu", ["FLANNEL"]),
  task("coredns", "cpu", ["COREDNS"]),
  task("etcd", "cpu", ["ETCD"]),
  task("runc", "cpu", ["RUNC"]),
  task("cni-plugins", "cpu", ["CNI_PLUGINS"]),
  task("pause", "cpu", ["PAUSE"]),
  task("kafka", "network", ["KAFKA"]),
  task("rootfs-debian", "network", ["DEBIAN"]),
  task("node", "network", ["NODE", "NPM"]),
  task("host-image", "network", ["DEBIAN"]),
  task("mirror", "network", ["KUBERNETES", "ETCD"], ["kubernetes", "containerd", "runc", "cni-plugins", "etcd"]),
  task(
    "images",
    "cpu",
    [
      "KUBERNETES",
      "ETCD_IMAGE",
      "COREDNS",
      "PAUSE",
      "METRICS_SERVER",
      "DEBIAN",
      "FLANNEL",
      "FLANNEL_CNI_PLUGIN",
      "KAFKA",
    ],
    [
      "kubernetes",
      "etcd",
      "coredns",
      "pause",
      "metrics-server",
      "rootfs-debian",
      "flannel",
      "cni-plugins",
      "kafka",
      "node",
    ],
  ),
  task("pulumi-kubernetes", "cpu", ["PULUMI_KUBERNETES", "PULUMI_KUBERNETES_REVISION"]),
  task("toxiproxy", "cpu", ["TOXIPROXY"]),
  task("kafka-peers", "network", ["KAFKA"]),
];

/** What a purpose needs: `kafka` to run local brokers in tests, `faults` to also disturb the connections to them, `bench` to also run what is compared with, `etcd` to run etcd, `toolchain` for real previews, `rack` to boot hosts, `lab` for everything. */
export const profiles = {
  kafka: ["kafka"],
  faults: ["kafka", "toxiproxy"],
  bench: ["kafka", "toxiproxy", "kafka-peers"],
  etcd: ["etcd"],
  toolchain: ["pulumi", "pulumi-kubernetes"],
  rack: ["host-image"],
  lab: ["pulumi-kubernetes", "kubernetes", "pulumi", "mirror", "images", "host-image", "kafka"],
} as const satisfies Record<string, readonly string[]>;
export type Profile = keyof typeof profiles;

/** `names` and all they need, in the order of `tasks`. @throws Error for a name that is no task */
export function closure(names: readonly string[], all: readonly Task[] = tasks): Task[] {
  const wanted = new Set<string>();
  const add = (name: string): void => {
    const found = all.find((candidate) => candidate.name === name);
    if (!found)
      throw new Error(`"${name}" is not a task; use one of ${all.map((candidate) => candidate.name).join(", ")}`);
    if (wanted.has(name)) return;
    wanted.add(name);
    found.needs.forEach(add);
  };
  names.forEach(add);
  return all.filter(({ name }) => wanted.has(name));
}
