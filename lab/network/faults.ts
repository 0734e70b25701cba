import { runCommand } from "../runCommand";
import { listNamespaces, readDevices } from "./ip";
import type { HostPort, NetworkPlan } from "./planNetwork";
import { dropTable, endsOfCut, planCut, renderDrop } from "./renderFaults";

/** Loses every packet between two ends (sites, hosts, `machine`), in both directions. Again is harmless. */
export async function cutLink(plan: NetworkPlan, left: string, right: string): Promise<void> {
  const cut = planCut(plan, left, right);
  if ((await listTables(plan.router)).some((table) => table.name === cut.table)) return;
  await nft(plan.router, ["-f", "-"], cut.rules);
}

/** Mends a cut link; one that is whole is fine. */
export async function healLink(plan: NetworkPlan, left: string, right: string): Promise<void> {
  const cut = planCut(plan, left, right);
  if (!(await listTables(plan.router)).some((table) => table.name === cut.table)) return;
  await nft(plan.router, ["delete", "table", cut.family, cut.table]);
}

/** The ends of every cut link. */
export async function listCuts(plan: NetworkPlan): Promise<[string, string][]> {
  if (!(await listNamespaces()).includes(plan.router)) return [];
  const tables = await listTables(plan.router);
  return tables.flatMap(({ name }) => {
    const ends = endsOfCut(name);
    return ends ? [ends] : [];
  });
}

/** Loses every packet that comes in to the host, in the host itself: `iptables -A INPUT -j DROP`. */
export async function dropInput(port: HostPort): Promise<void> {
  if (await isDropping(port)) return;
  await nft(port.namespace, ["-f", "-"], renderDrop());
}

/** Lets packets in to the host again. */
export async function acceptInput(port: HostPort): Promise<void> {
  if (!(await isDropping(port))) return;
  await nft(port.namespace, ["delete", "table", "inet", dropTable]);
}

/** Whether `dropInput` is in force; false for a host that is off. */
export async function isDropping(port: HostPort): Promise<boolean> {
  if (!(await listNamespaces()).includes(port.namespace)) return false;
  return (await listTables(port.namespace)).some((table) => table.name === dropTable);
}

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

interface Table {
  family: string;
  name: string;
}

async function listTables(namespace: string): Promise<Table[]> {
  const output = JSON.parse(await nft(namespace, ["-json", "list", "tables"])) as { nftables: { table?: Table }[] };
  return output.nftables.flatMap((entry) => (entry.table ? [entry.table] : []));
}

function nft(namespace: string, args: readonly string[], input?: string): Promise<string> {
  return runCommand("ip", ["netns", "exec", namespace, "nft", ...args], input === undefined ? {} : { input });
}
