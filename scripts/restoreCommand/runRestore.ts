import type { ClusterConfig } from "../../core/config";
import { apiEndpointName } from "../../core/naming";
import { until } from "../../core/wait";
import type { Ssh } from "./openSsh";
import type { RestorePlan } from "./planRestore";

const kubectl = "kubectl --kubeconfig /etc/kubernetes/admin.conf --request-timeout 30s";

/**
 * etcd on the survivor becomes a cluster of one, then the lost ones' Node objects go, and the API answers where the cluster's users
 * look for it. Run again after an interruption, it goes on where it stopped.
 *
 * @throws Error with what the host said last
 */
export async function runRestore(
  cluster: Pick<ClusterConfig, "name" | "endpoint">,
  { host, source, lost, restored }: RestorePlan,
  ssh: Ssh,
  log: (line: string) => void,
): Promise<void> {
  if (restored) log(`${host}: etcd is a cluster of one already`);
  else {
    log(`${host}: restoring from ${source === "own" ? "the data it has" : source}; given up: ${lost.join(", ")}`);
    const command = `/usr/local/lib/iotef/restore-etcd '${source.replaceAll("'", `'\\''`)}'`;
    const { exitCode } = await ssh.run(host, command, (line) => log(`${host}: ${line}`));
    if (exitCode !== 0)
      throw new Error(`${host}: the restore ended with ${exitCode}, see above; mend that and run this again`);
  }
  if (lost.length > 0) await deleteNodes(host, lost, ssh, log);
  // Before the wait: this holds also where nobody is left to have the virtual address.
  log(`${host} has etcd of ${cluster.name} alone. Next:`);
  log(
    `  - never start ${lost.join(" or ")} as it was: its etcd would look for the old cluster. Install it anew, or wipe its disk`,
  );
  log(
    `  - in iotef:hosts, raise the generation of each (from 1, where it has none); another SSH host key goes into its hostKey`,
  );
  log(`  - pulumi up --stack ${cluster.name} joins the rebuilt hosts; until then one more failure stops the API`);
  await untilBalanced(cluster, host, ssh, log);
  log(`${cluster.name} is served by ${host} alone`);
}

async function deleteNodes(
  host: string,
  lost: readonly string[],
  ssh: Ssh,
  log: (line: string) => void,
): Promise<void> {
  const command = `${kubectl} --server https://127.0.0.1:6443 delete node ${lost.join(" ")} --ignore-not-found --wait=false`;
  const attempt = async (): Promise<void> => {
    const stdout = await succeed(host, command, ssh);
    for (const line of stdout.split("\n").filter(Boolean)) log(`${host}: ${line}`);
  };
  const onTry = (reason: string): void => log(`${host}: waiting to delete the nodes ${lost.join(", ")}: ${reason}`);
  await until(`the nodes ${lost.join(", ")} are deleted`, attempt, { within: 300, every: 5, onTry });
}

/** The virtual address was nobody's while no API server answered, and comes back seconds after one does. */
async function untilBalanced(
  { name, endpoint: { port, virtualIp } }: Pick<ClusterConfig, "name" | "endpoint">,
  host: string,
  ssh: Ssh,
  log: (line: string) => void,
): Promise<void> {
  const entry = `https://${virtualIp ?? apiEndpointName(name)}:${port}`;
  const command = `${kubectl} --server ${entry} --tls-server-name ${apiEndpointName(name)} get --raw /readyz`;
  const onTry = (reason: string): void => log(`${host}: waiting for the API at ${entry}: ${reason}`);
  await until(`the API answers at ${entry}`, () => succeed(host, command, ssh), { within: 300, every: 2, onTry });
}

/** @throws Error with what the host said */
async function succeed(host: string, command: string, ssh: Ssh): Promise<string> {
  const { exitCode, stdout, stderr } = await ssh.run(host, command);
  if (exitCode !== 0) throw new Error(stderr.trim() || `exit code ${exitCode}`);
  return stdout;
}
