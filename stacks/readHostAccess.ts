import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import type { ClusterHost } from "../components/kubeadm";
import type { ClusterConfig } from "../core/config";
import { ConfigError, messageOf, type Problem } from "../core/errors";
import { hostKeyOf, parseKnownHosts } from "../core/config/knownHosts";

/**
 * The rack, sorted by name, with the key that reaches it and each host's own key to check it by.
 * @throws pulumi.RunError with every file and every host key that is missing
 */
export function readHostAccess(config: ClusterConfig): ClusterHost[] {
  const problems: Problem[] = [];
  const read = (path: string, file: string): string | undefined => {
    try {
      return readFileSync(file, "utf8");
    } catch (error) {
      problems.push({
        path,
        value: file,
        message: `cannot be read (${messageOf(error)}); paths start at the project folder`,
      });
      return undefined;
    }
  };
  const { user, port, privateKeyFile, knownHostsFile } = config.ssh;
  const privateKey = pulumi.secret(read("iotef:ssh.privateKeyFile", privateKeyFile) ?? "");
  const knownHosts = knownHostsFile === undefined ? "" : read("iotef:ssh.knownHostsFile", knownHostsFile);
  const keys = parseKnownHosts(knownHosts ?? "");
  const entriesNamed = Object.values(config.hosts).some((host) => host.apiEntry === true);

  const hosts = Object.entries(config.hosts).map(([name, host]) => {
    const hostKey = hostKeyOf(host, port, keys);
    if (hostKey === undefined && knownHosts !== undefined) {
      problems.push({
        path: `iotef:hosts.${name}.hostKey`,
        message: `is missing${knownHostsFile === undefined ? "" : ` and ${knownHostsFile} has no line for ${host.address}`}; compare \`ssh-keyscan -t ed25519 ${host.address}\` with the host's own key and write it there`,
      });
    }
    return {
      name,
      address: host.address,
      generation: host.generation,
      user,
      port,
      hostKey: hostKey ?? "",
      privateKeyFile,
      privateKey,
      role: host.role,
      labels: host.labels,
      apiEntry: host.apiEntry ?? !entriesNamed,
    };
  });
  if (problems.length > 0) throw new pulumi.RunError(new ConfigError(problems).message);
  return hosts.sort((a, b) => (a.name < b.name ? -1 : 1));
}
