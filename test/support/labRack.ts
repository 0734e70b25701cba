import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import type { Admin } from "kafkajs";
import { parseDocument } from "yaml";
import { until } from "../../core/wait";
import { readOutputs } from "../../scripts/auditCommand/readOutputs";
import { withKafkaAdmin } from "../../scripts/faultsCommand/kafkaAdmin";
import { openSession, project } from "../../scripts/labCommand/session";
import { findPulumi } from "../../scripts/pulumiCommand/findPulumi";

/** The edge cluster of a lab that is up, as a person works with it: by its stack file and the commands of scripts/. */
export const stackFile = join(project, "Pulumi.edge.yaml");

/** Changes hosts of the stack file, its comments stay; undefined takes one out. */
export function editHosts(hosts: Readonly<Record<string, object | undefined>>): void {
  const document = parseDocument(readFileSync(stackFile, "utf8"));
  for (const [name, host] of Object.entries(hosts)) {
    const path = ["config", "iotef:hosts", name];
    if (host === undefined) document.deleteIn(path);
    else for (const [key, value] of Object.entries(host)) document.setIn([...path, key], value);
  }
  writeFileSync(stackFile, document.toString({ lineWidth: 0 }));
}

/** Runs a command of scripts/, its output on the screen. @throws with all of it when it fails, or does not and must */
export async function script(
  name: string,
  args: readonly string[],
  { mayFail = false, mustFail = false } = {},
): Promise<string> {
  const options = { cwd: project, stdin: "ignore", all: true, reject: false, maxBuffer: 1e9 } as const;
  const child = execa(join(project, "scripts", name), args, options);
  child.all!.pipe(process.stdout, { end: false });
  const { exitCode, all } = await child;
  assert.ok(
    mayFail || (exitCode === 0) !== mustFail,
    `./scripts/${name} ${args.join(" ")}:\n${(all ?? "").slice(-4000)}`,
  );
  return all ?? "";
}

export async function pulumiUp(...args: string[]): Promise<string> {
  return script("lab", ["pulumi", "edge", "up", "--yes", "--skip-preview", "--non-interactive", ...args]);
}

export async function kubectl(...args: string[]): Promise<string> {
  return (await openSession().kubectl("edge"))(args);
}

export async function untilReady(nodes: readonly string[]): Promise<void> {
  const path = `jsonpath={range .items[*]}{.metadata.name}={.status.conditions[?(@.type=="Ready")].status} {end}`;
  const wanted = nodes.map((name) => `${name}=True`).sort();
  await until(
    `${nodes.length} nodes are Ready and no other is there`,
    async () => {
      const found = (await kubectl("get", "nodes", "-o", path)).trim().split(/\s+/).sort();
      assert.deepEqual(found, wanted);
    },
    { within: 600, every: 5 },
  );
}

/** A readiness probe comes round after `pulumi up` has seen all replicas in sync. */
export async function untilBrokersReady(count: number): Promise<void> {
  const ready = ["-n", "kafka", "get", "statefulset", "kafka", "-o", "jsonpath={.status.readyReplicas}"];
  await until(`${count} brokers are ready`, async () => assert.equal(await kubectl(...ready), String(count)), {
    within: 300,
    every: 5,
  });
}

interface PodList {
  items: {
    metadata: { name: string; namespace: string; uid: string; ownerReferences?: { kind: string }[] };
    spec: { nodeName?: string };
    status: { containerStatuses?: { restartCount: number }[] };
  }[];
}

/** Brokers and stages on these hosts, each with its life: another uid or one more restart is another. */
export async function podsOn(hosts: readonly string[]): Promise<Record<string, string>> {
  const { items } = JSON.parse(await kubectl("get", "pods", "-A", "-o", "json")) as PodList;
  const pods = items
    .filter(({ metadata }) => ["kafka", "iotef"].includes(metadata.namespace))
    .filter(({ metadata }) => !(metadata.ownerReferences ?? []).some(({ kind }) => kind === "Job"))
    .filter(({ spec }) => hosts.includes(spec.nodeName ?? ""))
    .map(({ metadata, status }) => {
      const restarts = (status.containerStatuses ?? []).map(({ restartCount }) => restartCount).join();
      return [metadata.name, `${metadata.uid}, restarts ${restarts}`] as const;
    });
  return Object.fromEntries(pods.sort());
}

/** What must not restart on hosts that stay: brokers and stages, and the services below them. */
export async function runningOn(hosts: readonly string[]): Promise<Record<string, string>> {
  const services = await Promise.all(
    hosts.map(async (host) => {
      const shown = await script("lab", ["ssh", host, "systemctl show -p MainPID --value kubelet containerd haproxy"]);
      return [host, shown.trim().split(/\s+/).join(" ")] as const;
    }),
  );
  return { ...(await podsOn(hosts)), ...Object.fromEntries(services) };
}

/** Holds where all of `before` lives on unchanged; what has come since, from a host that died, is no matter. */
export function assertUntouched(now: Readonly<Record<string, string>>, before: Readonly<Record<string, string>>): void {
  assert.deepEqual(Object.fromEntries(Object.keys(before).map((name) => [name, now[name]])), before);
}

/**
 * What a program that only reads prints in a pod. Asked again where the stream breaks: HAProxy cuts what goes through a control
 * plane that is too busy to say that it is ready, and clients of the API must expect it.
 */
export async function readInPod(cluster: string, namespace: string, pod: string, program: string[]): Promise<string> {
  const ask = await openSession().kubectl(cluster);
  const question = ["-n", namespace, "exec", pod, "--", ...program];
  return until(`${pod} of ${cluster} answers`, () => ask(question), { within: 300, every: 5 });
}

/** As the administrator of the edge's Kafka. */
export async function withEdgeKafkaAdmin<T>(act: (admin: Admin) => Promise<T>): Promise<T> {
  return withKafkaAdmin(await readOutputs(findPulumi(project), "edge"), act);
}

/** Who votes on a cluster's metadata, by a broker's own account: broker ids, each with the directory id of the disk that votes. */
export async function voters(broker: string, cluster = "edge"): Promise<Record<string, string>> {
  const text = await readInPod(cluster, "kafka", broker, ["sh", "-c", quorumStatus]);
  const found = /^CurrentVoters:\s*(\[.*\])$/m.exec(text)?.[1];
  assert.ok(found !== undefined, text);
  const list = JSON.parse(found) as { id: number; directoryId: string }[];
  return Object.fromEntries(list.map(({ id, directoryId }) => [id, directoryId]));
}

/** Shell text for a broker's container: asks the controllers who votes, with the broker's own certificate. */
const quorumStatus = [
  "properties=$CONFIG/${POD_NAME##*-}.properties",
  'file=$STATE/quorum-status.properties && { echo security.protocol=SSL; grep ^ssl "$properties"; } > $file',
  'controllers=$(sed -n "s/^controller.quorum.bootstrap.servers=//p" "$properties")',
  "java -Xmx64m -cp '/opt/kafka/libs/*' org.apache.kafka.tools.MetadataQuorumCommand" +
    " --bootstrap-controller $controllers --command-config $file describe --status",
].join("; ");
