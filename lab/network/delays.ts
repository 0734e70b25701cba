import { join } from "node:path";
import { messageOf } from "../../core/errors";
import { LabError } from "../labError";
import { runCommand } from "../runCommand";
import { deleteDevice, ipBatch, listNamespaces, readDevices } from "./ip";
import { delayOf, type Delay, type DelayPlan } from "./planDelay";
import type { NetworkPlan } from "./planNetwork";

/** Puts a delay in force. @throws LabError when the kernel has no TUN devices */
export async function startDelay(plan: NetworkPlan, delay: DelayPlan): Promise<void> {
  await stopDelay(plan, delay);
  const program = ["perl", join(__dirname, "delay.pl"), delay.device, String(delay.milliseconds)];
  try {
    await runCommand("ip", ["netns", "exec", plan.router, ...program]);
  } catch (error) {
    throw new LabError(
      `${delay.from} -> ${delay.to} cannot be delayed: that needs the kernel's TUN devices (modprobe tun): ${messageOf(error)}`,
    );
  }
  await ipBatch(plan.router, delay.route);
}

/** Ends a delay; what it holds at that moment is lost. One that was never there, or only in part, is fine. */
export async function stopDelay(plan: NetworkPlan, { device, table }: DelayPlan): Promise<void> {
  const rules = JSON.parse(await runCommand("ip", ["-n", plan.router, "-json", "rule"])) as { priority: number }[];
  for (const { priority } of rules) {
    if (priority === table) await ipBatch(plan.router, `rule delete pref ${table}\n`);
  }
  await deleteDevice(plan.router, device);
}

/** Every direction that is delayed now, and by how much. */
export async function listDelays(plan: NetworkPlan): Promise<Delay[]> {
  if (!(await listNamespaces()).includes(plan.router)) return [];
  return (await readDevices(plan.router)).flatMap((device) => delayOf(device) ?? []);
}
