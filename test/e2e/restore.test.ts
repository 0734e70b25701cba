import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import {
  assertUntouched,
  editHosts,
  kubectl,
  podsOn,
  pulumiUp,
  script,
  stackFile,
  untilReady,
} from "../support/labRack";

const lost = ["edge-m1", "edge-m2"];
const survivor = "edge-m3";
const stay = ["edge-w1", "edge-w2", survivor];

/**
 * Two of the edge's three control planes are lost with their disks; the third becomes the cluster and the rebuilt ones join it. On a
 * lab that is up, with records flowing; one story, each part starts from what the one before it left.
 */
describe("two of three control planes lost for good", function () {
  this.timeout(40 * 60_000);
  const committed = readFileSync(stackFile, "utf8");
  /** Pods that no control plane's death may touch, each with its uid and restarts. */
  let untouched: Record<string, string>;

  before(async () => {
    untouched = await podsOn(stay);
    assert.ok(Object.keys(untouched).length > 0);
  });
  after(() => writeFileSync(stackFile, committed));

  it("every control plane holds snapshots of all, after its timer ran", async () => {
    for (const host of [...lost, survivor]) await onHost(host, "systemctl start iotef-backup.service");
    const listed = await script("restore", ["edge", "--list"]);
    for (const on of [...lost, survivor])
      for (const of of [...lost, survivor]) assert.match(listed, new RegExp(`^${on} +${of} +\\d+ `, "m"));
    for (const host of [...lost, survivor])
      assert.match(listed, new RegExp(`^${host}: etcd has its majority, revision \\d+; certificates until 20`, "m"));
    assert.equal(await onHost("edge-w1", "ls /var/lib/iotef/backup 2>/dev/null || echo none"), "none");
  });

  it("refuses while there is a majority", async () => {
    assert.match(
      await script("restore", ["edge", "--lost", ...lost], { mustFail: true }),
      /there is nothing to restore/,
    );
  });

  it("asks whether hosts that do not answer are lost", async () => {
    await script("lab", ["fault", "wipe", ...lost]);
    assert.match(
      await script("restore", ["edge"], { mustFail: true }),
      /edge-m1 does not answer, and may have etcd's data/,
    );
  });

  it("serves again with one", async () => {
    assert.match(await script("restore", ["edge", "--lost", ...lost]), /edge is served by edge-m3 alone/);
    const names = await kubectl("get", "nodes", "-o", "jsonpath={.items[*].metadata.name}");
    assert.deepEqual(names.split(" ").sort(), ["edge-m3", "edge-w1", "edge-w2"]);
    await script("restore", ["edge", "--lost", ...lost]);
  });

  it("has three again after `pulumi up`, and nothing is left to change", async () => {
    await script("lab", ["heal", ...lost]);
    for (const host of lost) editHosts({ [host]: { generation: 2 } });
    await pulumiUp();
    const members = await onHost(survivor, `${etcdctl} member list`);
    assert.equal(members.split("\n").filter((line) => line.includes(", started, ")).length, 3, members);
    await untilReady([...lost, ...stay]);
    await pulumiUp("--expect-no-changes");
  });

  it("renews certificates one pod after the other, with the API answering afterwards", async () => {
    const before = await onHost(survivor, "stat -c %Y /etc/kubernetes/pki/apiserver.crt");
    await onHost(survivor, "BEFORE_DAYS=400 /usr/local/lib/iotef/renew-certificates");
    assert.notEqual(await onHost(survivor, "stat -c %Y /etc/kubernetes/pki/apiserver.crt"), before);
    assert.match(await onHost(survivor, "BEFORE_DAYS=120 /usr/local/lib/iotef/renew-certificates"), /last longer/);
    await untilReady([...lost, ...stay]);
  });

  it("left every pod on the other hosts as it was, and lost and doubled nothing", async () => {
    assertUntouched(await podsOn(stay), untouched);
    await script("audit", ["--settle"]);
  });
});

const etcdctl =
  "/usr/local/lib/iotef/etcd/etcdctl --endpoints https://127.0.0.1:2379 --cacert /etc/kubernetes/pki/etcd/ca.crt" +
  " --cert /etc/kubernetes/pki/etcd/healthcheck-client.crt --key /etc/kubernetes/pki/etcd/healthcheck-client.key";

async function onHost(host: string, command: string): Promise<string> {
  return (await script("lab", ["ssh", host, command])).trim();
}
