import type { Problem } from "../../core/errors";
import type { HostAccess } from "./hostAccess";

/**
 * What a failure of the first contact means for the configuration: its path, the value there and the remedy.
 * @param error what OpenSSH, or the script on the host, printed
 */
export function explainHostError(
  host: Pick<HostAccess, "name" | "address" | "port" | "user" | "privateKeyFile">,
  error: string,
): Problem {
  const { name, address, port, user } = host;
  const path = `iotef:hosts.${name}`;
  if (/host key verification failed/i.test(error)) {
    return {
      path: `${path}.hostKey`,
      message: `${address} shows another host key than the configured one; compare it with \`ssh-keyscan ${address}\` and the host's own /etc/ssh before you trust it`,
    };
  }
  if (/permission denied/i.test(error)) {
    return {
      path: "iotef:ssh.privateKeyFile",
      value: host.privateKeyFile,
      message: `is a key that ${name} (${address}) does not let ${user} in with; add its public half to the user's authorized_keys`,
    };
  }
  if (/timed out|no route to host|connection refused|network is unreachable|not resolve hostname/i.test(error)) {
    return {
      path: `${path}.address`,
      value: address,
      message: `does not answer on SSH port ${port}; switch the host on, mend the address, or take the host out of iotef:hosts`,
    };
  }
  return { path, message: `could not be asked for its facts; what it said: ${error}` };
}
