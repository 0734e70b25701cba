import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import type { HostPort } from "../network/planNetwork";
import { plugHost, unplugHost } from "../network/plugHost";
import { containerOf, type RackContext } from "../rackContext";
import { hostKeyFile } from "./keys";
import { readHostState } from "./hostState";
import { writeSeed } from "./seed";

/** Folders of a host that lie on the machine's file system: images, pods, etcd and Kafka cannot live on an overlay. */
const disks = ["containerd", "kubelet", "etcd", "iotef"];

/** Makes a host's container with its disks and first files, powered off. One that is there stays. */
export async function createHost(context: RackContext, port: HostPort, image: string): Promise<void> {
  const folder = join(context.paths.hosts, port.host);
  const container = containerOf(context, port.host);
  const seeded = join(folder, "seeded");
  const { power } = await readHostState(context, port.host);
  if (power !== "absent" && existsSync(seeded)) return;
  for (const disk of disks) mkdirSync(join(folder, disk), { recursive: true });
  writeSeed(join(folder, "seed"), {
    port,
    authorizedKeys: readFileSync(`${context.inventory.ssh.privateKeyFile}.pub`, "utf8"),
    hostKey: {
      private: readFileSync(hostKeyFile(context.paths, port.host), "utf8"),
      public: readFileSync(`${hostKeyFile(context.paths, port.host)}.pub`, "utf8"),
    },
  });
  // Podman looks for the namespace when it makes the container; the one that is booted with is made at power-on.
  await plugHost(context.network, port);
  if (power === "absent") await context.podman("create", ...containerFlags(context, port, folder), image, "/sbin/init");
  await context.podman("cp", `${join(folder, "seed")}/.`, `${container}:/`);
  await unplugHost(context.network, port);
  writeFileSync(seeded, "");
}

function containerFlags(context: RackContext, port: HostPort, folder: string): string[] {
  const { session } = context.inventory;
  return [
    ...["--name", containerOf(context, port.host), "--hostname", port.host],
    ...["--label", `io.iotef.lab=${context.paths.folder}`],
    ...["--network", `ns:/run/netns/${port.namespace}`],
    ...["--privileged", "--device", "/dev/kmsg", "--pids-limit", "0", ...ulimits()],
    ...["--cgroupns", "private", "--cgroup-parent", `/${session}`],
    // Podman's own systemd mode binds the machine's whole name=systemd hierarchy into each container, where ten inits
    // would share it; runc alone mounts each host's own part. What that mode does besides is done here.
    ...["--systemd", "false", "--env", "container=podman", "--stop-signal", "SIGRTMIN+3"],
    ...["--tmpfs", "/run:mode=755", "--tmpfs", "/run/lock", "--tmpfs", "/tmp"],
    // These files are the host's own, and are replaced by rename: nothing may be mounted on them.
    ...["--no-hosts", "--dns", "none"],
    ...["--log-driver", "k8s-file", "--log-opt", `path=${join(folder, "console.log")}`, "--log-opt", "max-size=1m"],
    ...disks.flatMap((disk) => ["--volume", `${join(folder, disk)}:/var/lib/${disk}`]),
  ];
}

/** Podman asks for more than a machine without CAP_SYS_RESOURCE may give: hosts get what this process has. */
function ulimits(): string[] {
  const limits = readFileSync("/proc/self/limits", "utf8");
  return [
    { name: "nofile", hard: hardLimit(limits, "Max open files") },
    { name: "nproc", hard: hardLimit(limits, "Max processes") },
  ].flatMap(({ name, hard }) => (hard === undefined ? [] : ["--ulimit", `${name}=${hard}:${hard}`]));
}

/** The hard limit in the text of /proc/PID/limits; undefined when there is none. Pure. */
export function hardLimit(limits: string, title: string): string | undefined {
  const line = limits.split("\n").find((candidate) => candidate.startsWith(title));
  return line?.slice(title.length).trim().split(/\s+/)[1]?.match(/^\d+$/)?.[0];
}
