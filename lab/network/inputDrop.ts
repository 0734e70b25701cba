import { runCommand } from "../runCommand";
import { listNamespaces } from "./ip";
import type { HostPort } from "./planNetwork";

/** The reference's fault, as `iptables -S` prints it. */
const rule = ["INPUT", "-j", "DROP"];

/** Makes the host lose every packet that comes in, those of its own to itself too. */
export async function dropInput(port: HostPort): Promise<void> {
  await iptables(port, ["-A", ...rule]);
}

/** Lets packets in to the host again. */
export async function acceptInput(port: HostPort): Promise<void> {
  for (let left = await countRules(port); left > 0; left--) await iptables(port, ["-D", ...rule]);
}

/** Whether the host loses every packet that comes in, whoever brought that about; false for a host that is off. */
export async function isDropping(port: HostPort): Promise<boolean> {
  return (await listNamespaces()).includes(port.namespace) && (await countRules(port)) > 0;
}

/** How often the rule stands in what `iptables -S INPUT` prints. Pure. */
export function countDrops(rules: string): number {
  return rules.split("\n").filter((line) => line.trim() === `-A ${rule.join(" ")}`).length;
}

async function countRules(port: HostPort): Promise<number> {
  return countDrops(await iptables(port, ["-S", "INPUT"]));
}

/** From outside, in the host's own network namespace: the host itself no longer answers. */
function iptables(port: HostPort, args: readonly string[]): Promise<string> {
  return runCommand("ip", ["netns", "exec", port.namespace, "iptables", "--wait", ...args]);
}
