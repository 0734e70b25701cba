import type { HostPort, NetworkPlan } from "./planNetwork";

/** Lines for `ip -batch` in the router's namespace; devices that `existing` names are left as they are. */
export function renderRouter(plan: NetworkPlan, existing: ReadonlySet<string>): string {
  const lines = ["link set lo up", `address replace ${plan.mirrorAddress}/32 dev lo`];
  for (const { name, address } of plan.bridges) {
    if (!existing.has(name)) lines.push(`link add ${name} type bridge`);
    lines.push(`address replace ${address} dev ${name}`, `link set ${name} up`);
  }
  return text(lines);
}

/** Lines for `ip -batch` in the machine's namespace: the link to the router and the only route. */
export function renderUplink(plan: NetworkPlan): string {
  const { machineDevice, machineAddress, routerDevice, prefix } = plan.uplink;
  return text([
    `link add ${machineDevice} type veth peer name ${routerDevice} netns ${plan.router}`,
    `address add ${machineAddress}/${prefix} dev ${machineDevice}`,
    `link set ${machineDevice} up`,
  ]);
}

/** Lines for `ip -batch` in the router's namespace that plug one host in. */
export function renderPort(port: HostPort): string {
  return text([
    `link add ${port.port} type veth peer name eth0 address ${port.mac} netns ${port.namespace}`,
    `link set ${port.port} master ${port.site} up`,
  ]);
}

/** Lines for `ip -batch` in the host's namespace. */
export function renderHostInterface(port: HostPort): string {
  return text([
    "link set lo up",
    `address add ${port.address}/${port.prefix} dev eth0`,
    "link set eth0 up",
    `route add default via ${port.gateway}`,
  ]);
}

function text(lines: readonly string[]): string {
  return `${lines.join("\n")}\n`;
}
