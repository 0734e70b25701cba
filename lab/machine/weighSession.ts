import { existsSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { cgroupRoot } from "./paths";

/**
 * A rack's part of the machine where something else wants it too, beside 1024 (cgroup v2: 100) of a process that is in no
 * cgroup. With the same 1024 ten busy hosts on two cores left a busy process of the operator 0.05 of a core (Linux 6.18, with
 * dozens of their threads waiting), and `pulumi up` of a move took 211 s; with 400 it got 0.9, two of them 0.4 each, and the move
 * took 80 s. With 256 one process got all of a core. Measured on version 1; version 2 has the same ratio.
 */
const weights = [
  { folder: "cpu", file: "cpu.shares", value: 400 },
  { folder: "", file: "cpu.weight", value: 39 },
] as const;

/** Makes the cgroup that all hosts of a session are in, with its weight. */
export function weighSession(session: string): void {
  for (const { folder, file, value } of weights) {
    const hierarchy = join(cgroupRoot, folder);
    if (!existsSync(join(hierarchy, "cgroup.procs"))) continue;
    const group = join(hierarchy, session);
    mkdirSync(group, { recursive: true });
    // Version 2 has the file where the controller is switched on for the machine.
    if (existsSync(join(group, file))) writeFileSync(join(group, file), String(value));
  }
}
