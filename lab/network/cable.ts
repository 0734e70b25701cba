import { runCommand } from "../runCommand";
import { listNamespaces, readDevices } from "./ip";
import type { HostPort, NetworkPlan } from "./planNetwork";

/** Pulls the host's cable: its interface has no carrier. */
export async function pullCable(plan: NetworkPlan, port: HostPort): Promise<void> {
  await runCommand("ip", ["-n", plan.router, "link", "set", "dev", port.port, "down"]);
}

/** Plugs the host's cable in again. */
export async function plugCable(plan: NetworkPlan, port: HostPort): Promise<void> {
  await runCommand("ip", ["-n", plan.router, "link", "set", "dev", port.port, "up"]);
}

/** Whether the host's cable is pulled; false for a host that is off. */
export async function isUnplugged(plan: NetworkPlan, port: HostPort): Promise<boolean> {
  if (!(await listNamespaces()).includes(plan.router)) return false;
  return (await readDevices(plan.router)).some((device) => device.ifname === port.port && !device.flags.includes("UP"));
}
