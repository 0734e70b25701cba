import { runCommand, succeeds } from "../runCommand";

/** Runs lines of `ip` commands in a network namespace, or in the machine's own. Stops at the first failure. */
export async function ipBatch(namespace: string | undefined, lines: string): Promise<void> {
  await runCommand("ip", [...inside(namespace), "-batch", "-"], { input: lines });
}

/** Names of the network devices in a namespace. */
export async function listDevices(namespace: string): Promise<Set<string>> {
  const links = JSON.parse(await runCommand("ip", ["-n", namespace, "-json", "link", "show"])) as { ifname: string }[];
  return new Set(links.map((link) => link.ifname));
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
