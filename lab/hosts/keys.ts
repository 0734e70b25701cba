import { existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Inventory } from "../inventory";
import { hostsOf } from "../inventory";
import type { RackPaths } from "../machine/paths";
import { runCommand } from "../runCommand";

/** Makes the operator's key and every host's key where they are missing, and the known_hosts file. */
export async function createKeys(inventory: Inventory, paths: RackPaths): Promise<void> {
  await createKey(inventory.ssh.privateKeyFile, "iotef-lab");
  for (const host of hostsOf(inventory)) await createKey(hostKeyFile(paths, host.name), host.name);
  const lines = hostsOf(inventory).map((host) => `${host.name},${host.address} ${readHostKey(paths, host.name)}\n`);
  mkdirSync(dirname(inventory.ssh.knownHostsFile), { recursive: true });
  writeFileSync(inventory.ssh.knownHostsFile, lines.join(""));
}

/** A host's public key as config takes it: `ssh-ed25519 AAAA...`. */
export function readHostKey(paths: RackPaths, host: string): string {
  return readFileSync(`${hostKeyFile(paths, host)}.pub`, "utf8")
    .trim()
    .split(" ")
    .slice(0, 2)
    .join(" ");
}

/** Where a host's private key lies on the machine; its public key is beside it. */
export function hostKeyFile(paths: RackPaths, host: string): string {
  return join(paths.keys, "hosts", host);
}

async function createKey(file: string, comment: string): Promise<void> {
  if (existsSync(file) && existsSync(`${file}.pub`)) return;
  mkdirSync(dirname(file), { recursive: true });
  // A half-made pair would make ssh-keygen ask before it overwrites.
  rmSync(file, { force: true });
  await runCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", comment, "-f", file]);
}
