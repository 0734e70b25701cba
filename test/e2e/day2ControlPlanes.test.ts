import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import {
  assertUntouched,
  editHosts,
  pulumiUp,
  readInPod,
  runningOn,
  script,
  stackFile,
  untilReady,
} from "../support/labRack";

/** Three control planes become five and three again, one of which died before; an even number is refused. On a lab that is up. */
describe("control planes come and go", function () {
  this.timeout(60 * 60_000);
  const rack = ["edge-m1", "edge-m2", "edge-m3", "edge-w1", "edge-w2"];
  const committed = readFileSync(stackFile, "utf8");
  const host = (address: string) => ({ address, role: "control-plane", broker: "none" });
  let running: Record<string, string>;

  before(async () => {
    running = await runningOn(rack);
  });
  after(() => writeFileSync(stackFile, committed));

  it("refuses a fourth alone", async () => {
    editHosts({ "edge-m4": host("10.90.1.14") });
    assert.match(
      await script("preview", ["edge"], { mayFail: true }),
      /4 hosts have the role control-plane; use an odd number/,
    );
  });

  it("has five members of etcd after both have joined", async () => {
    editHosts({ "edge-m4": host("10.90.1.14"), "edge-m5": host("10.90.1.15") });
    await script("lab", ["up"]);
    await untilReady([...rack, "edge-m4", "edge-m5"]);
    assert.equal(await members(), 5);
    assertUntouched(await runningOn(rack), running);
    await pulumiUp("--expect-no-changes");
  });

  it("has three again after both have gone, one of them dead, and nothing left to change", async () => {
    await script("lab", ["fault", "power", "edge-m5"]);
    editHosts({ "edge-m4": undefined, "edge-m5": undefined });
    await pulumiUp();
    await untilReady(rack);
    assert.equal(await members(), 3);
    assertUntouched(await runningOn(rack), running);
    await pulumiUp("--expect-no-changes");
    await script("audit", ["--settle"]);
  });

  async function members(): Promise<number> {
    const pki = "/etc/kubernetes/pki/etcd";
    const tls = `--cacert ${pki}/ca.crt --cert ${pki}/server.crt --key ${pki}/server.key`;
    const etcdctl = `etcdctl --endpoints https://127.0.0.1:2379 ${tls} member list`.split(" ");
    const listed = await readInPod("edge", "kube-system", "etcd-edge-m1", etcdctl);
    return listed.split("\n").filter((line) => line.includes(", started, ")).length;
  }
});
