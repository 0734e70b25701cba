import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import {
  assertUntouched,
  editHosts,
  pulumiUp,
  runningOn,
  script,
  stackFile,
  untilBrokersReady,
  untilReady,
  voters,
} from "../support/labRack";

/** The first control plane dies with its disks and its broker's; another machine takes its name and address. On a lab that is up. */
describe("a dead control plane is replaced under its name", function () {
  this.timeout(40 * 60_000);
  const dead = "edge-m1";
  const others = ["edge-m2", "edge-m3", "edge-w1", "edge-w2"];
  const committed = readFileSync(stackFile, "utf8");
  let running: Record<string, string>;
  let votersBefore: Record<string, string>;

  before(async () => {
    running = await runningOn(others);
    votersBefore = await voters("kafka-1");
  });
  after(() => writeFileSync(stackFile, committed));

  it("is lost with its disk, and another machine boots at its address", async () => {
    await script("lab", ["fault", "wipe", dead]);
    await script("lab", ["heal", dead]);
  });

  it("is told in the preview, then joins as etcd member and voter", async () => {
    editHosts({ [dead]: { generation: Math.floor(Date.now() / 1000) } });
    const preview = await script("preview", ["edge"], { mayFail: true });
    assert.match(
      preview,
      /edge-m1 \(control-plane\) is rebuilt: .*its old etcd member is removed first; its broker.*votes anew/,
    );
    await pulumiUp();
    await untilReady([dead, ...others]);
    // The same five vote, broker 0 with its new disk: the old one's vote would count against a majority for ever.
    const { 0: lostDisk, ...stayed } = votersBefore;
    const { 0: newDisk, ...now } = await voters("kafka-1");
    assert.ok(lostDisk !== undefined && newDisk !== undefined && newDisk !== lostDisk, `${lostDisk}, now ${newDisk}`);
    assert.deepEqual(now, stayed);
    await untilBrokersReady(5);
  });

  it("leaves nothing to change, restarted nothing elsewhere, lost and doubled nothing", async () => {
    await pulumiUp("--expect-no-changes");
    assertUntouched(await runningOn(others), running);
    await script("audit", ["--settle"]);
  });
});
