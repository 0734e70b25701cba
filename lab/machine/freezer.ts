import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupRoot } from "./paths";

/** Where a cgroup is stopped and let go on: cgroup v1 has a hierarchy of its own for that. */
function freezerOf(group: string) {
  const unified = join(cgroupRoot, group);
  return existsSync(join(unified, "cgroup.freeze"))
    ? { folder: unified, file: "cgroup.freeze", frozen: "1", thawed: "0" }
    : { folder: join(cgroupRoot, "freezer", group), file: "freezer.state", frozen: "FROZEN", thawed: "THAWED" };
}

/** Stops all processes of a cgroup where they stand, or lets them go on. */
export function setFrozen(group: string, isFrozen: boolean): void {
  const { folder, file, frozen, thawed } = freezerOf(group);
  writeFileSync(join(folder, file), isFrozen ? frozen : thawed);
}

/**
 * Lets all processes of a cgroup and of those below it go on: a frozen one does not die before. runc freezes a container's group
 * for moments, and where it is killed in one of them nobody else thaws it.
 */
export function thawGroups(group: string): void {
  const { folder, file, thawed } = freezerOf(group);
  thawTree(folder, file, thawed);
}

/** From the top: a group does not thaw below a frozen one. */
function thawTree(folder: string, file: string, thawed: string): void {
  try {
    writeFileSync(join(folder, file), thawed);
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) thawTree(join(folder, entry.name), file, thawed);
  } catch (error) {
    // It is gone, with whoever was in it.
    if (!["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
