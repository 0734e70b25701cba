import { X509Certificate } from "node:crypto";
import { parse } from "yaml";

/** When certificates end, as ISO 8601 in UTC. */
export interface CertificateExpiry {
  /** The cluster's authority, which nothing renews: every certificate must be made anew before. */
  authority: string;
  /** The administrator's certificate inside the kubeconfig. */
  kubeconfig: string;
}

interface Kubeconfig {
  clusters: [{ cluster: { "certificate-authority-data": string } }];
  users: [{ user: { "client-certificate-data": string } }];
}

/**
 * Read from the kubeconfig that the state holds, so that it is true of that one and changes only with it. What the control
 * planes renew by themselves meanwhile is no state: `./scripts/restore CLUSTER --list` asks them.
 */
export function certificateExpiry(kubeconfig: string): CertificateExpiry {
  const { clusters, users } = parse(kubeconfig) as Kubeconfig;
  return {
    authority: endOf(clusters[0].cluster["certificate-authority-data"]),
    kubeconfig: endOf(users[0].user["client-certificate-data"]),
  };
}

function endOf(base64: string): string {
  return new Date(new X509Certificate(Buffer.from(base64, "base64")).validTo).toISOString();
}

/**
 * Changes every quarter: the first `up` of a quarter reads the kubeconfig again. The control planes renew theirs more than a
 * quarter before its end, so a stack that is brought up now and then never holds one that has ended.
 */
export function quarterOf(now: Date): string {
  return `${now.getUTCFullYear()}-Q${Math.floor(now.getUTCMonth() / 3) + 1}`;
}
