import { existsSync, rmSync } from "node:fs";
import { until } from "../../core/wait";
import { findLiveProcesses, findMonitors } from "../machine/liveProcesses";
import { readRecord } from "../machine/record";
import { removeRemains } from "../machine/sweep";
import { restoreKernel } from "../machine/tuneKernel";
import type { RackContext } from "../rackContext";
import { readHostStates } from "./hostState";
import { configurePodman } from "./podman";

/**
 * Removes the rack of this folder with its disks. Its SSH keys stay in the lab's folder, so that known_hosts and stack
 * files hold for the next one. Another folder's rack of the same session is not touched.
 */
export async function removeRack(context: RackContext): Promise<void> {
  const { paths, inventory } = context;
  const record = readRecord(paths);
  if (record?.folder === paths.folder) {
    await endContainers(context);
    await removeRemains(inventory.session, paths, paths.folder);
  }
  for (const folder of [paths.hosts, paths.storage, paths.registry, paths.mirrorConfig, paths.inventory]) {
    rmSync(folder, { recursive: true, force: true });
  }
  restoreKernel();
  context.log("the rack is down");
}

/** Podman's own order of ending containers takes seconds for each; disks that go need no clean shutdown. */
async function endContainers(context: RackContext): Promise<void> {
  const { paths, inventory } = context;
  if (!existsSync(paths.storage)) return;
  configurePodman(paths);
  const states = [...(await readHostStates(context)).values()];
  if (states.some(({ power }) => power === "frozen")) await context.podman("unpause", "--all");
  for (const { pid } of states) if (pid !== undefined) process.kill(pid, "SIGKILL");
  await until(
    "every container has ended",
    async () => {
      const left = [...(await findLiveProcesses(inventory.session)), ...findMonitors(paths.state)];
      if (left.length > 0) throw new Error(`processes are left: ${left.join(", ")}`);
    },
    { within: 120, every: 0.2 },
  );
}
