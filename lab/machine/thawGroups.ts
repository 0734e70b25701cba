import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupRoot } from "./paths";

/**
 * Lets all processes of a cgroup and of those below it go on: a frozen one does not die before. runc freezes a container's group
 * for moments, and where it is killed in one of them nobody else thaws it.
 */
export function thawGroups(group: string): void {
  // cgroup v1 has a hierarchy of its own for that.
  thawTree(join(cgroupRoot, "freezer", group), "freezer.state", "THAWED");
  thawTree(join(cgroupRoot, group), "cgroup.freeze", "0");
}

/** From the top: a group does not thaw below a frozen one. */
function thawTree(folder: string, file: string, value: string): void {
  if (!existsSync(folder)) return;
  try {
    const control = join(folder, file);
    if (existsSync(control)) writeFileSync(control, value);
    for (const entry of readdirSync(folder, { withFileTypes: true }))
      if (entry.isDirectory()) thawTree(join(folder, entry.name), file, value);
  } catch (error) {
    // It went meanwhile, with whoever was in it.
    if (!["ENOENT", "ENODEV"].includes((error as NodeJS.ErrnoException).code ?? "")) throw error;
  }
}
