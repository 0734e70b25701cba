import { existsSync, readdirSync, rmdirSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../core/wait";
import { cgroupRoot } from "./paths";

/**
 * Removes a cgroup with all below it, in every hierarchy. A host that boots into the cgroups of its former life
 * makes kubelet stall for over a minute (facts/supply.md).
 */
export async function removeCgroups(group: string): Promise<void> {
  await until(
    `cgroup ${group} is empty`,
    () => {
      for (const folder of foldersOf(group)) removeTree(folder);
      return Promise.resolve();
    },
    { within: 300, every: 0.2 },
  );
}

/** cgroup v1 has one folder per controller, v2 has the tree at the root. */
function foldersOf(group: string): string[] {
  const hierarchies = readdirSync(cgroupRoot, { withFileTypes: true }).filter((entry) => entry.isDirectory());
  const candidates = [join(cgroupRoot, group), ...hierarchies.map((entry) => join(cgroupRoot, entry.name, group))];
  return candidates.filter((folder) => existsSync(folder));
}

function removeTree(folder: string): void {
  for (const entry of readdirSync(folder, { withFileTypes: true })) {
    if (entry.isDirectory()) removeTree(join(folder, entry.name));
  }
  rmdirSync(folder);
}
