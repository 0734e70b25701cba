import { portOf, type RackContext } from "../rackContext";
import { runCommand } from "../runCommand";
import type { Inventory } from "../inventory";

/** Runs a shell command on a host over SSH, as the operator does, and returns its standard output. */
export async function runOnHost(context: RackContext, host: string, command: string): Promise<string> {
  return runCommand("ssh", [...sshArguments(context.inventory, portOf(context, host).address), command]);
}

/** Arguments for `ssh` that log in as root with the lab's key and the lab's known_hosts, and no other file. */
export function sshArguments(inventory: Pick<Inventory, "ssh">, address: string): string[] {
  const { privateKeyFile, knownHostsFile } = inventory.ssh;
  const options = ["BatchMode=yes", "ConnectTimeout=10", "IdentitiesOnly=yes", `UserKnownHostsFile=${knownHostsFile}`];
  return ["-F", "none", "-i", privateKeyFile, ...options.flatMap((option) => ["-o", option]), `root@${address}`];
}
