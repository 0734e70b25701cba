import { rmSync } from "node:fs";
import { endProcesses } from "../machine/endProcesses";
import { readRecord } from "../machine/record";
import { removeRemains } from "../machine/sweep";
import { restoreKernel } from "../machine/tuneKernel";
import type { RackContext } from "../rackContext";

/**
 * Removes the rack of this folder with its disks. Its SSH keys stay in the lab's folder, so that known_hosts and stack
 * files hold for the next one. Another folder's rack of the same session is not touched.
 */
export async function removeRack(context: RackContext): Promise<void> {
  const { paths, inventory } = context;
  const record = readRecord(paths);
  if (record?.folder === paths.folder) {
    // Disks that go need no clean shutdown, and podman's own order of ending containers takes seconds for each.
    await endProcesses(inventory.session, paths.state);
    await removeRemains(inventory.session, paths, paths.folder);
  }
  for (const folder of [paths.hosts, paths.storage, paths.registry, paths.mirrorConfig, paths.inventory]) {
    rmSync(folder, { recursive: true, force: true });
  }
  restoreKernel();
  context.log("the rack is down");
}
