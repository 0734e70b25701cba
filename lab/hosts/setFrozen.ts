import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupRoot } from "../machine/paths";

/** Stops all processes of a cgroup where they stand, or lets them go on; cgroup v1 has a hierarchy of its own for that. */
export function setFrozen(group: string, frozen: boolean): void {
  const unified = join(cgroupRoot, group, "cgroup.freeze");
  if (existsSync(unified)) writeFileSync(unified, frozen ? "1" : "0");
  else writeFileSync(join(cgroupRoot, "freezer", group, "freezer.state"), frozen ? "FROZEN" : "THAWED");
}
