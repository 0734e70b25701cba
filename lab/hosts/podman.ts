import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { RackPaths } from "../machine/paths";
import { runCommand } from "../runCommand";

/** Runs podman on the rack's own storage and returns what it prints. */
export type Podman = (...args: string[]) => Promise<string>;

/**
 * Settings for the rack's podman. No systemd on the machine is asked for (cgroupfs), and locks are files below the
 * rack's own state: the default, one shared memory segment, would be shared by all podman stores of the machine.
 */
const containersConf = `[engine]
cgroup_manager = "cgroupfs"
events_logger = "none"
lock_type = "file"
`;

/**
 * Podman with storage in the lab's folder and run state in the rack's state folder, apart from all other containers of
 * the machine. runc because crun refuses the hybrid cgroup layout (facts/supply.md).
 */
export function createPodman(paths: RackPaths): Podman {
  const flags = [
    ...["--root", paths.storage],
    ...["--runroot", join(paths.state, "run")],
    ...["--tmpdir", join(paths.state, "tmp")],
    ...["--storage-driver", "overlay"],
    ...["--runtime", runtimeOf(paths)],
  ];
  const env = { CONTAINERS_CONF: paths.containersConf };
  return (...args) =>
    runCommand("podman", [...flags, ...args], { env, shownAs: `podman ${args.slice(0, 3).join(" ")}` });
}

/** Writes podman's settings; needed before its first call. */
export function configurePodman(paths: RackPaths): void {
  mkdirSync(dirname(paths.containersConf), { recursive: true });
  writeFileSync(paths.containersConf, containersConf);
  writeFileSync(runtimeOf(paths), renderRuntime(join(paths.state, "runc")), { mode: 0o755 });
}

function runtimeOf(paths: RackPaths): string {
  return join(paths.state, "runtime");
}

/**
 * runc keeps its own state in /run/runc, where a killed rack would leave it and find it at its next start. A flag of
 * podman for that does not reach the podman that tidies up after a container; the runtime's path does.
 */
function renderRuntime(root: string): string {
  return `#!/bin/sh\nexec runc --root ${root} "$@"\n`;
}
