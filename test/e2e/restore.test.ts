import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { until } from "../../core/wait";
import { openSession, project } from "../../scripts/labCommand/session";

const lost = ["edge-m1", "edge-m2"];
const survivor = "edge-m3";

/**
 * Two of the edge's three control planes are lost with their disks; the third becomes the cluster and the rebuilt ones join it. On a
 * lab that is up, with records flowing; one story, each part starts from what the one before it left.
 */
describe("two of three control planes lost for good", function () {
  this.timeout(40 * 60_000);
  const stackFile = join(project, "Pulumi.edge.yaml");
  const committed = readFileSync(stackFile, "utf8");
  /** Pods that no control plane's death may touch, each with its uid and restarts. */
  let untouched: Record<string, string>;

  before(async () => {
    untouched = await podsOn("edge-w1", "edge-w2", survivor);
    assert.ok(Object.keys(untouched).length > 0);
  });
  after(() => writeFileSync(stackFile, committed));

  it("every control plane holds snapshots of all, after its timer ran", async () => {
    for (const host of [...lost, survivor]) await onHost(host, "systemctl start iotef-backup.service");
    const { stdout } = await script("restore", ["edge", "--list"]);
    for (const on of [...lost, survivor])
      for (const of of [...lost, survivor]) assert.match(stdout, new RegExp(`^${on} +${of} +\\d+ `, "m"));
    for (const host of [...lost, survivor])
      assert.match(stdout, new RegExp(`^${host}: etcd has its majority, revision \\d+; certificates until 20`, "m"));
    assert.equal(await onHost("edge-w1", "ls /var/lib/iotef/backup 2>/dev/null || echo none"), "none");
  });

  it("refuses while there is a majority", async () => {
    const { exitCode, stderr } = await script("restore", ["edge", "--lost", ...lost], { mayFail: true });
    assert.equal(exitCode, 1);
    assert.match(stderr, /there is nothing to restore/);
  });

  it("asks whether hosts that do not answer are lost", async () => {
    await script("lab", ["fault", "wipe", ...lost]);
    const { exitCode, stderr } = await script("restore", ["edge"], { mayFail: true });
    assert.equal(exitCode, 1);
    assert.match(stderr, /edge-m1 does not answer, and may have etcd's data/);
  });

  it("serves again with one", async () => {
    const { stderr } = await script("restore", ["edge", "--lost", ...lost]);
    assert.match(stderr, /edge is served by edge-m3 alone/);
    const names = await kubectl(["get", "nodes", "-o", "jsonpath={.items[*].metadata.name}"]);
    assert.deepEqual(names.split(" ").sort(), ["edge-m3", "edge-w1", "edge-w2"]);
    await script("restore", ["edge", "--lost", ...lost]);
  });

  it("has three again after `pulumi up`, and nothing is left to change", async () => {
    await script("lab", ["heal", ...lost]);
    for (const host of lost) await pulumi("config", "set", "--path", `iotef:hosts.${host}.generation`, "2");
    await pulumi("up", "--yes", "--skip-preview", "--non-interactive");
    const members = await onHost(survivor, `${etcdctl} member list`);
    assert.equal(members.split("\n").filter((line) => line.includes(", started, ")).length, 3, members);
    await until("five nodes are Ready", fiveReady, { within: 600, every: 5 });
    await pulumi("up", "--yes", "--skip-preview", "--expect-no-changes", "--non-interactive");
  });

  it("renews certificates one pod after the other, with the API answering afterwards", async () => {
    const before = await onHost(survivor, "stat -c %Y /etc/kubernetes/pki/apiserver.crt");
    await onHost(survivor, "BEFORE_DAYS=400 /usr/local/lib/iotef/renew-certificates");
    assert.notEqual(await onHost(survivor, "stat -c %Y /etc/kubernetes/pki/apiserver.crt"), before);
    assert.match(await onHost(survivor, "BEFORE_DAYS=120 /usr/local/lib/iotef/renew-certificates"), /last longer/);
    await until("five nodes are Ready", fiveReady, { within: 300, every: 5 });
  });

  it("left every pod on the other hosts as it was, and lost and doubled nothing", async () => {
    assert.deepEqual(await podsOn("edge-w1", "edge-w2", survivor), untouched);
    await script("audit", ["--settle"]);
  });
});

const etcdctl =
  "/usr/local/lib/iotef/etcd/etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt" +
  " --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key";

interface PodList {
  items: {
    metadata: { name: string; namespace: string; uid: string };
    spec: { nodeName?: string };
    status: { containerStatuses?: { restartCount: number }[] };
  }[];
}

/** Of Kafka and the pipeline: what Kubernetes itself runs on a control plane does restart. */
async function podsOn(...hosts: string[]): Promise<Record<string, string>> {
  const { items } = JSON.parse(await kubectl(["get", "pods", "-A", "-o", "json"])) as PodList;
  const own = items.filter(
    ({ metadata, spec }) => ["kafka", "iotef"].includes(metadata.namespace) && hosts.includes(spec.nodeName ?? ""),
  );
  const entries = own.map(({ metadata, status }) => {
    const restarts = (status.containerStatuses ?? []).map(({ restartCount }) => restartCount).join();
    return [metadata.name, `${metadata.uid}, restarts ${restarts}`] as const;
  });
  return Object.fromEntries(entries.sort());
}

async function fiveReady(): Promise<void> {
  const path = `jsonpath={range .items[*]}{.metadata.name} {.status.conditions[?(@.type=="Ready")].status}{"\\n"}{end}`;
  const nodes = await kubectl(["get", "nodes", "-o", path]);
  assert.equal(nodes.split("\n").filter((line) => line.endsWith(" True")).length, 5, nodes);
}

async function kubectl(args: readonly string[]): Promise<string> {
  return (await openSession().kubectl("edge"))(args);
}

async function onHost(host: string, command: string): Promise<string> {
  return (await script("lab", ["ssh", host, command])).stdout.trim();
}

async function pulumi(...args: string[]): Promise<void> {
  await script("lab", ["pulumi", "edge", ...args]);
}

/** Runs a command of scripts/ as a person would, its output on the screen. @throws with both outputs when it fails */
async function script(
  name: string,
  args: readonly string[],
  { mayFail = false } = {},
): Promise<{ exitCode: number; stdout: string; stderr: string }> {
  const child = execa(join(project, "scripts", name), args, {
    cwd: project,
    stdin: "ignore",
    all: true,
    reject: false,
  });
  child.all!.pipe(process.stdout, { end: false });
  const { exitCode, stdout, stderr, all } = await child;
  assert.ok(mayFail || exitCode === 0, `./scripts/${name} ${args.join(" ")}:\n${(all ?? "").slice(-4000)}`);
  return { exitCode, stdout, stderr };
}
