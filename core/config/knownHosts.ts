/** Preferred first: where a host has several keys, the one that everything understands and is short. */
const preference = ["ssh-ed25519", "ecdsa-sha2-nistp256", "ecdsa-sha2-nistp384", "ecdsa-sha2-nistp521", "ssh-rsa"];

/**
 * Host keys of an OpenSSH known_hosts file, by the address as it stands there (`10.0.0.1`, or `[10.0.0.1]:2222`).
 * Hashed names and markers (`@revoked`) are passed over.
 */
export function parseKnownHosts(text: string): Map<string, string> {
  const keys = new Map<string, string>();
  for (const line of text.split("\n")) {
    const [names = "", type = "", key = ""] = line.trim().split(/\s+/);
    if (
      names === "" ||
      names.startsWith("#") ||
      names.startsWith("@") ||
      names.startsWith("|") ||
      !preference.includes(type)
    )
      continue;
    for (const name of names.split(",")) {
      const known = keys.get(name);
      if (known === undefined || preference.indexOf(type) < preference.indexOf(known.split(" ")[0]!))
        keys.set(name, `${type} ${key}`);
    }
  }
  return keys;
}

/** A host as OpenSSH's known_hosts names it. */
function knownHostsName(address: string, port: number): string {
  return port === 22 ? address : `[${address}]:${port}`;
}

/** One line for an OpenSSH known_hosts file. */
export function knownHostsLine({ address, port, hostKey }: { address: string; port: number; hostKey: string }): string {
  return `${knownHostsName(address, port)} ${hostKey}`;
}

/** The key that a host must show: its own `hostKey`, else the one of the known_hosts file. */
export function hostKeyOf(
  { address, hostKey }: { address: string; hostKey?: string | undefined },
  port: number,
  keys: ReadonlyMap<string, string>,
): string | undefined {
  return hostKey ?? keys.get(knownHostsName(address, port));
}
