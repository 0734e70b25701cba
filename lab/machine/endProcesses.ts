import { existsSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../core/wait";
import { killProcess } from "./killProcess";
import { findLiveProcesses, findMonitors } from "./liveProcesses";
import { cgroupRoot } from "./paths";

/** Ends every process of a session's rack at once, frozen ones too. */
export async function endProcesses(session: string, state: string): Promise<void> {
  await until(
    `the processes of the lab "${session}" are gone`,
    async () => {
      // Monitors first: one that sees its container end would start podman to tidy up, amid the removal.
      const left = [...findMonitors(state), ...(await findLiveProcesses(session))];
      left.forEach(killProcess);
      thawAll(session);
      if (left.length > 0) throw new Error(`still there: ${left.join(", ")}`);
    },
    { within: 300, every: 0.2 },
  );
}

/** A frozen process does not die before it is thawed. */
function thawAll(session: string): void {
  for (const { root, file, value } of [
    { root: join(cgroupRoot, "freezer"), file: "freezer.state", value: "THAWED" },
    { root: cgroupRoot, file: "cgroup.freeze", value: "0" },
  ]) {
    const parent = join(root, session);
    if (!existsSync(parent)) continue;
    const groups = readdirSync(parent, { withFileTypes: true }).filter((entry) => entry.isDirectory());
    for (const { name } of groups) {
      const control = join(parent, name, file);
      if (existsSync(control)) writeFileSync(control, value);
    }
  }
}
