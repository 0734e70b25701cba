import type * as pulumi from "@pulumi/pulumi";

/** How one host is reached: plain, because it gives the stack its shape; only the key is a secret. */
export interface HostAccess {
  name: string;
  address: string;
  user: string;
  port: number;
  /** `ssh-ed25519 AAAA...`, compared with what the host shows. */
  hostKey: string;
  /** Path of the private key, from the project folder; for OpenSSH. */
  privateKeyFile: string;
  /** Text of the private key; for the command provider. */
  privateKey: pulumi.Output<string>;
}

/** One line for an OpenSSH known_hosts file. */
export function knownHostsLine({ address, port, hostKey }: Pick<HostAccess, "address" | "port" | "hostKey">): string {
  return `${port === 22 ? address : `[${address}]:${port}`} ${hostKey}`;
}
