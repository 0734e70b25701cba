import { existsSync, rmSync } from "node:fs";
import { LabError } from "../labError";
import { listSessionNamespaces, removeNetwork } from "../network/removeNetwork";
import { endProcesses } from "./endProcesses";
import { findLiveProcesses, isDoomed } from "./liveProcesses";
import type { RackPaths } from "./paths";
import { forgetFormerBoot, readRecord } from "./record";
import { removeCgroups } from "./removeCgroups";
import { unmountBelow } from "./unmountBelow";

/**
 * Clears the way for a rack: what a dead one of the same session left (namespaces, links, mounts, cgroups, a container
 * runtime that believes its containers run) is removed. A living rack of this folder is left as it is.
 * @returns whether this folder's rack is alive
 * @throws LabError when another folder's rack is alive
 */
export async function sweepDeadRack(session: string, paths: RackPaths, log: (line: string) => void): Promise<boolean> {
  forgetFormerBoot();
  const record = readRecord(paths);
  const alive = (await findLiveProcesses(session)).filter((pid) => !isDoomed(pid));
  if (alive.length > 0) {
    if (record?.folder === paths.folder && existsSync(paths.storage)) return true;
    if (record && existsSync(record.folder)) {
      throw new LabError(
        `another lab runs on this machine, of ${record.folder}; end it first: run \`scripts/lab down\` there`,
      );
    }
  }
  const remains = record !== undefined || (await listSessionNamespaces(session)).length > 0;
  if (!remains) return false;
  log(`removing what a dead lab left (${record?.folder ?? "its folder is unknown"})`);
  await endProcesses(session, paths.state);
  await removeRemains(session, paths, record?.folder);
  return false;
}

/** Removes all that a session's rack has outside its folder, and what is mounted inside it. No process is left of it. */
export async function removeRemains(session: string, paths: RackPaths, folder: string | undefined): Promise<void> {
  if (folder) await unmountBelow(folder);
  await unmountBelow(paths.state);
  await removeNetwork(session);
  await removeCgroups(session);
  // Podman finds its run state gone, as after a reboot, and takes its containers as stopped: their disks stay usable.
  rmSync(paths.state, { recursive: true, force: true });
}
