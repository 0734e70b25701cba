import { existsSync } from "node:fs";
import { LabError } from "../labError";
import { messageOf } from "../../core/errors";
import { runCommand, succeeds } from "../runCommand";
import { ipBatch, listNamespaces, readDevices, setNamespaceParameters } from "./ip";
import type { NetworkPlan } from "./planNetwork";
import { renderMachineEnd, renderRouter, renderRouterEnd } from "./renderNetwork";

/** Makes the router, its bridges and the link to the machine; what is there already stays. */
export async function createNetwork(plan: NetworkPlan): Promise<void> {
  if (!(await listNamespaces()).includes(plan.router)) await runCommand("ip", ["netns", "add", plan.router]);
  const existing = new Set((await readDevices(plan.router)).map((device) => device.ifname));
  await ipBatch(plan.router, renderRouter(plan, existing));
  await setNamespaceParameters(plan.router, ["net.ipv4.ip_forward=1", ...bridgeFilterOff()]);
  await connectMachine(plan);
}

/** Frames within a site must not pass the router's forward rules, which stand for the link between sites. */
function bridgeFilterOff(): string[] {
  return existsSync("/proc/sys/net/bridge/bridge-nf-call-iptables") ? ["net.bridge.bridge-nf-call-iptables=0"] : [];
}

async function connectMachine(plan: NetworkPlan): Promise<void> {
  const { machineDevice, routerAddress } = plan.uplink;
  const exists = await succeeds("ip", ["link", "show", "dev", machineDevice]);
  await ipBatch(undefined, renderMachineEnd(plan, exists));
  await ipBatch(plan.router, renderRouterEnd(plan));
  const routes = await runCommand("ip", ["route", "show", plan.range]);
  if (routes.includes(`dev ${machineDevice}`)) return;
  try {
    await runCommand("ip", ["route", "add", plan.range, "via", routerAddress]);
  } catch (error) {
    throw new LabError(
      `this machine cannot route ${plan.range} to the lab (it has: ${routes || "no such route"}); ` +
        `free that range or choose another one in the inventory: ${messageOf(error)}`,
    );
  }
}
