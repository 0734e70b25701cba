import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as pulumi from "@pulumi/pulumi";
import { knownHostsLine } from "../../core/config/knownHosts";
import { ConfigError, messageOf, type Problem } from "../../core/errors";
import { explainHostError } from "./explainHostError";
import { gatherFacts } from "./gatherFacts";
import type { HostAccess } from "./hostAccess";
import type { HostFacts } from "./parseFacts";
import { validateHosts, type HostExpectation, type HostRequirements } from "./validateHosts";

/**
 * What Kubernetes, Kafka and HAProxy will listen on (facts/provisioning.md 2.6). HAProxy's own ports come from config.
 * etcd and the API server are looked at on workers too: a worker with an API server is somebody else's control plane.
 */
const clusterPorts = [
  ...[6443, 2379, 2380, 10250, 10256, 10257, 10259],
  // Their health and figures, on the loopback, and Flannel's.
  ...[2381, 10248, 10249, 8081],
  ...[9092, 9093, 9094],
];

/** Where kubeadm puts etcd's data. */
const etcdDataPath = "/var/lib/etcd";

type CheckedHost = Omit<HostAccess, "privateKey"> & HostExpectation;

/**
 * Hooks for whatever changes a host first: before the first change of any, the facts of all are read and checked together, so
 * nothing is changed anywhere while one host is wrong. A run that changes no host asks none. Hooks and not resources: facts in
 * the state would go on being wrong after the host was mended.
 */
export function checkBeforeChange(
  name: string,
  hosts: readonly CheckedHost[],
  requirements: HostRequirements & { apiPorts: readonly number[] },
): pulumi.ResourceHookBinding {
  let checked: Promise<void> | undefined;
  const hook = new pulumi.ResourceHook(
    `${name}-preflight`,
    () => (checked ??= report(checkHosts(hosts, requirements))),
  );
  return { beforeCreate: [hook], beforeUpdate: [hook] };
}

/** Said once and in full; each host that waits for it then fails with a line. */
async function report(problems: Promise<Problem[]>): Promise<void> {
  const found = await problems;
  if (found.length === 0) return;
  await pulumi.log.error(new ConfigError(found).message);
  throw new Error("the hosts are not fit for it: their problems stand under the stack; nothing was changed");
}

/** Everything that is wrong with the hosts, those that do not answer among them. */
async function checkHosts(
  hosts: readonly CheckedHost[],
  requirements: HostRequirements & { apiPorts: readonly number[] },
): Promise<Problem[]> {
  const folder = mkdtempSync(join(tmpdir(), "iotef-preflight-"));
  const knownHostsFile = join(folder, "known_hosts");
  writeFileSync(knownHostsFile, hosts.map((host) => `${knownHostsLine(host)}\n`).join(""));
  const facts: Record<string, HostFacts> = {};
  const problems: Problem[] = [];
  const ports = [...clusterPorts, ...requirements.apiPorts];
  try {
    await Promise.all(
      hosts.map(async (host) => {
        const others = hosts.filter((other) => other !== host).map(({ address }) => address);
        try {
          const folders = { kafka: host.record.kafkaDataPath, etcd: etcdDataPath };
          facts[host.name] = await gatherFacts(host, others, ports, folders, knownHostsFile);
        } catch (error) {
          problems.push(explainHostError(host, messageOf(error)));
        }
      }),
    );
  } finally {
    rmSync(folder, { recursive: true });
  }
  const answered = hosts.filter(({ name }) => facts[name] !== undefined);
  return [...problems, ...validateHosts(answered, facts, requirements)];
}
