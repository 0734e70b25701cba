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

/** Lines for `ip -batch` in the machine's namespace: its end of the link to the router. */
export function renderMachineEnd({ uplink, router }: NetworkPlan, exists: boolean): string {
  const { machineDevice, machineAddress, routerDevice, prefix } = uplink;
  return text([
    ...(exists ? [] : [`link add ${machineDevice} type veth peer name ${routerDevice} netns ${router}`]),
    `address replace ${machineAddress}/${prefix} dev ${machineDevice}`,
    `link set ${machineDevice} up`,
  ]);
}

/** Lines for `ip -batch` in the router's namespace: its end of the link to the machine. */
export function renderRouterEnd({ uplink }: NetworkPlan): string {
  const { routerDevice, routerAddress, prefix } = uplink;
  return text([`address replace ${routerAddress}/${prefix} dev ${routerDevice}`, `link set ${routerDevice} up`]);
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
