import type * as pulumi from "@pulumi/pulumi";

/** How one host is reached: plain, because it gives the stack its shape; only the key is a secret. */
export interface HostAccess {
  name: string;
  address: string;
  /** Raised when the machine is another one, or as good as new: all that was done on it is done again. */
  generation: number;
  user: string;
  port: number;
  /** `ssh-ed25519 AAAA...`, compared with what the host shows. */
  hostKey: string;
  /** Path of the private key, from the project folder; for OpenSSH. */
  privateKeyFile: string;
  /** Text of the private key; for the command provider. */
  privateKey: pulumi.Output<string>;
}
