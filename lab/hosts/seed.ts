import { randomBytes } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { HostPort } from "../network/planNetwork";

/** The files that make a host of the common image: what an installer asks for. */
export interface HostIdentity {
  port: Pick<HostPort, "host" | "address" | "gateway">;
  /** 32 hexadecimal digits, fixed before the first boot: without it systemd would take that for a first boot. */
  machineId: string;
  /** Public keys that may log in as root. */
  authorizedKeys: string;
  hostKey: { private: string; public: string };
}

export interface SeedFile {
  path: string;
  content: string;
  mode: number;
}

/** A host's first files. Pure. */
export function renderSeed({ port, machineId, authorizedKeys, hostKey }: HostIdentity): SeedFile[] {
  return [
    { path: "etc/machine-id", content: `${machineId}\n`, mode: 0o444 },
    {
      path: "etc/hosts",
      content: `127.0.0.1 localhost\n${port.address} ${port.host}\n::1 localhost ip6-localhost\n`,
      mode: 0o644,
    },
    // Nobody answers there; CoreDNS ends at start when it finds no nameserver to forward to.
    { path: "etc/resolv.conf", content: `nameserver ${port.gateway}\n`, mode: 0o644 },
    { path: "etc/ssh/ssh_host_ed25519_key", content: hostKey.private, mode: 0o600 },
    { path: "etc/ssh/ssh_host_ed25519_key.pub", content: hostKey.public, mode: 0o644 },
    { path: "root/.ssh/authorized_keys", content: authorizedKeys, mode: 0o600 },
  ];
}

/** Writes a host's first files into a folder; its machine-id stays what it was there. */
export function writeSeed(folder: string, identity: Omit<HostIdentity, "machineId">): void {
  for (const file of renderSeed({ ...identity, machineId: machineIdIn(folder) })) {
    const path = join(folder, file.path);
    mkdirSync(dirname(path), { recursive: true });
    writeFileSync(path, file.content, { mode: file.mode });
    chmodSync(path, file.mode);
  }
  chmodSync(join(folder, "root"), 0o700);
  chmodSync(join(folder, "root/.ssh"), 0o700);
}

function machineIdIn(folder: string): string {
  const file = join(folder, "etc/machine-id");
  return existsSync(file) ? readFileSync(file, "utf8").trim() : randomBytes(16).toString("hex");
}
