import { until } from "../../core/wait";
import { thawGroups } from "./freezer";
import { killProcess } from "./killProcess";
import { findLiveProcesses, findMonitors } from "./liveProcesses";

/** Ends every process of a session's rack at once, frozen ones too. */
export async function endProcesses(session: string, state: string): Promise<void> {
  await until(
    `the processes of the lab "${session}" are gone`,
    async () => {
      // Monitors first: one that sees its container end would start podman to tidy up, amid the removal.
      const left = [...findMonitors(state), ...(await findLiveProcesses(session))];
      left.forEach(killProcess);
      thawGroups(session);
      if (left.length > 0) throw new Error(`still there: ${left.join(", ")}`);
    },
    { within: 300, every: 0.2 },
  );
}
