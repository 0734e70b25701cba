import { runCommand, succeeds } from "../runCommand";

/** Runs lines of `ip` commands in a network namespace, or in the machine's own. Stops at the first failure. */
export async function ipBatch(namespace: string | undefined, lines: string): Promise<void> {
  await runCommand("ip", [...inside(namespace), "-batch", "-"], { input: lines });
}

interface Device {
  ifname: string;
  /** `UP` is among them when the device is switched on. */
  flags: string[];
  ifalias?: string;
}

/** The network devices in a namespace. */
export async function readDevices(namespace: string): Promise<Device[]> {
  const output = await runCommand("ip", ["-n", namespace, "-json", "link", "show"]);
  return JSON.parse(output) as Device[];
}

/** Names of the machine's network namespaces. */
export async function listNamespaces(): Promise<string[]> {
  const output = await runCommand("ip", ["-json", "netns", "list"]);
  if (output.trim() === "") return [];
  return (JSON.parse(output) as { name: string }[]).map((namespace) => namespace.name);
}

/** Removes a device where it exists; both ends of a veth pair go. */
export async function deleteDevice(namespace: string | undefined, device: string): Promise<void> {
  if (!(await succeeds("ip", [...inside(namespace), "link", "show", "dev", device]))) return;
  await runCommand("ip", [...inside(namespace), "link", "delete", "dev", device]);
}

/** Sets kernel parameters that belong to a network namespace, `net.ipv4.ip_forward=1`. */
export async function setNamespaceParameters(namespace: string, parameters: readonly string[]): Promise<void> {
  await runCommand("ip", ["netns", "exec", namespace, "sysctl", "-qw", ...parameters]);
}

function inside(namespace: string | undefined): string[] {
  return namespace === undefined ? [] : ["-n", namespace];
}
