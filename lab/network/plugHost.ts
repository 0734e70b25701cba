import { runCommand } from "../runCommand";
import { deleteDevice, ipBatch, listNamespaces } from "./ip";
import type { HostPort, NetworkPlan } from "./planNetwork";
import { renderHostInterface, renderPort } from "./renderNetwork";

/**
 * Gives a host a network namespace as a machine has it after power-on: one interface, no rule, no tunnel, nothing of
 * its former life (a left-over flannel.1 or nftables table would be one).
 */
export async function plugHost(plan: NetworkPlan, port: HostPort): Promise<void> {
  await unplugHost(plan, port);
  await runCommand("ip", ["netns", "add", port.namespace]);
  await ipBatch(plan.router, renderPort(port));
  await ipBatch(port.namespace, renderHostInterface(port));
}

/** Takes a host's interface and namespace away; absent ones are fine. */
export async function unplugHost(plan: NetworkPlan, port: HostPort): Promise<void> {
  const namespaces = await listNamespaces();
  // The kernel clears a deleted namespace later: the pair is removed by hand, else the next one's name is still taken.
  if (namespaces.includes(plan.router)) await deleteDevice(plan.router, port.port);
  if (namespaces.includes(port.namespace)) await runCommand("ip", ["netns", "delete", port.namespace]);
}
