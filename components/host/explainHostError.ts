import type { HostAccess } from "./hostAccess";

/**
 * What a failure of the first contact means for the configuration: its path, the value there and the remedy. Undefined for
 * failures that the message explains by itself.
 * @param error text of the command provider, official or the lab's
 */
export function explainHostError(
  host: Pick<HostAccess, "name" | "address" | "port" | "user">,
  error: string,
): string | undefined {
  const path = `iotef:hosts.${host.name}`;
  if (/host key mismatch|knownhosts/.test(error)) {
    return `${path}.hostKey: ${host.address} shows another host key than the configured one; compare it with \`ssh-keyscan ${host.address}\` and the host's own /etc/ssh before you trust it; nothing was changed`;
  }
  if (/unable to authenticate/.test(error)) {
    return `iotef:ssh.privateKeyFile: ${host.name} (${host.address}) does not let ${host.user} in with this key; add its public half to the user's authorized_keys; nothing was changed`;
  }
  if (/failed attempts|dial tcp|no route to host|connection refused|i\/o timeout/.test(error)) {
    return `${path}.address: "${host.address}" does not answer on SSH port ${host.port}; switch the host on, mend the address, or take the host out of iotef:hosts; nothing was changed`;
  }
  return undefined;
}
