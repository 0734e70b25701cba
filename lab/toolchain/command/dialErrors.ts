import type { ConnectConfig } from "ssh2";
import type { Endpoint } from "./connection";

/** Part of the message of a host that shows another key than the one given: no attempt can help. */
export const HOST_KEY_MISMATCH = "ssh: host key mismatch";

const CAUSES: Record<string, string> = {
  ECONNREFUSED: "connect: connection refused",
  EHOSTUNREACH: "connect: no route to host",
  ENETUNREACH: "connect: network is unreachable",
  ECONNRESET: "read: connection reset by peer",
  ETIMEDOUT: "i/o timeout",
};

/** Why a TCP connection did not come about, in Go's words. */
export function tcpText({ host, port }: Endpoint, error: NodeJS.ErrnoException): string {
  if (error.code === "ENOTFOUND" || error.code === "EAI_AGAIN") {
    return `dial tcp: lookup ${host}: no such host`;
  }
  const address = host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
  return `dial tcp ${address}: ${CAUSES[error.code ?? ""] ?? error.message}`;
}

/** Why the SSH handshake failed, in Go's words. */
export function handshakeText(error: Error & { level?: string }, config: ConnectConfig): string {
  if (/host denied|verification failed|no matching host key/i.test(error.message)) {
    return `ssh: handshake failed: ${HOST_KEY_MISMATCH}`;
  }
  if (error.level === "client-authentication") {
    const tried = [
      "none",
      ...(config.privateKey || config.agent ? ["publickey"] : []),
      ...(config.password ? ["password", "keyboard-interactive"] : []),
    ];
    return (
      `ssh: handshake failed: ssh: unable to authenticate, attempted methods [${tried.join(" ")}], ` +
      "no supported methods remain"
    );
  }
  return `ssh: handshake failed: ${error.message}`;
}
