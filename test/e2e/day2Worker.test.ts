import { strict as assert } from "node:assert";
import { readFileSync, writeFileSync } from "node:fs";
import {
  assertUntouched,
  editHosts,
  kubectl,
  pulumiUp,
  runningOn,
  script,
  stackFile,
  untilBrokersReady,
  untilReady,
  voters,
  withEdgeKafkaAdmin,
} from "../support/labRack";

/** Uids of the drain Jobs that failed. */
async function failedDrains(): Promise<string[]> {
  const { items } = JSON.parse(await kubectl("-n", "kafka", "get", "jobs", "-o", "json")) as {
    items: { metadata: { name: string; uid: string }; status: { conditions?: { type: string; status: string }[] } }[];
  };
  return items
    .filter(({ metadata }) => metadata.name.startsWith("edge-kafka-drain-"))
    .filter(({ status }) =>
      (status.conditions ?? []).some(({ type, status: is }) => type === "Failed" && is === "True"),
    )
    .map(({ metadata }) => metadata.uid);
}

/** A worker with a sixth broker comes and goes, alive and dead; a fifth broker cannot be taken out. On a lab that is up. */
describe("a worker comes and goes", function () {
  this.timeout(60 * 60_000);
  const rack = ["edge-m1", "edge-m2", "edge-m3", "edge-w1", "edge-w2"];
  const worker = "edge-w3";
  const committed = readFileSync(stackFile, "utf8");
  let running: Record<string, string>;

  before(async () => {
    running = await runningOn(rack);
  });
  after(() => writeFileSync(stackFile, committed));

  it("refuses to take away a broker whose copies would not fit, and moves nothing", async () => {
    editHosts({ "edge-w2": { broker: "none" } });
    const refusedUp = async () => {
      const up = ["pulumi", "edge", "up", "--yes", "--skip-preview", "--non-interactive"];
      assert.match(await script("lab", up, { mustFail: true }), /has 5 copies and only 4 brokers would stay/);
      return failedDrains();
    };
    const first = await refusedUp();
    // Asked again, it looks again: what it named may have been mended.
    const again = await refusedUp();
    const other = again.filter((uid) => !first.includes(uid));
    assert.equal(other.length, 1, `failed drains ${first.join(", ")}, then ${again.join(", ")}`);
    // It may have to start again, refused or not.
    const files = JSON.parse(await kubectl("-n", "kafka", "get", "configmap", "kafka-files", "-o", "json")) as {
      data: Record<string, string>;
    };
    assert.ok("4.properties" in files.data, Object.keys(files.data).join(", "));
    writeFileSync(stackFile, committed);
    await pulumiUp();
    assertUntouched(await runningOn(rack), running);
  });

  /** The lab boots what the stack files say. */
  const join = async () => {
    editHosts({ [worker]: { address: "10.90.1.23", role: "worker", broker: 5 } });
    await script("lab", ["up"]);
    await untilReady([...rack, worker]);
    await untilBrokersReady(6);
  };
  /** Takes it out by one edit and one `up`. */
  const leave = async () => {
    editHosts({ [worker]: undefined });
    assert.match(
      await script("preview", ["edge"], { mayFail: true }),
      /edge-w3 \(worker\) leaves: its broker is drained first/,
    );
    await pulumiUp();
    await untilReady(rack);
    await untilBrokersReady(5);
    assertUntouched(await runningOn(rack), running);
    await pulumiUp("--expect-no-changes");
  };

  it("joins with a broker, and nothing restarts for it", async () => {
    await join();
    assert.deepEqual(Object.keys(await voters("kafka-0")).sort(), ["0", "1", "2", "3", "4"]);
    assertUntouched(await runningOn(rack), running);
    await pulumiUp("--expect-no-changes");
  });

  it("leaves when its broker has given away the copies that it held", async () => {
    const topic = "held-by-the-leaving-broker";
    const replicaAssignment = [{ partition: 0, replicas: [5, 0, 1] }];
    const replicas = () =>
      withEdgeKafkaAdmin(async (admin) => {
        const { topics } = await admin.fetchTopicMetadata({ topics: [topic] });
        return topics[0]!.partitions[0]!.replicas;
      });
    await withEdgeKafkaAdmin((admin) => admin.createTopics({ topics: [{ topic, replicaAssignment }] }));
    assert.deepEqual(await replicas(), [5, 0, 1]);
    await leave();
    const now = await replicas();
    assert.ok(now.length === 3 && !now.includes(5), `copies on the brokers ${now.join(", ")}`);
    await withEdgeKafkaAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
  });

  it("joins again, dies, and is taken out without being asked", async () => {
    await join();
    await script("lab", ["fault", "power", worker]);
    await leave();
  });

  it("lost and doubled nothing", async () => {
    await script("audit", ["--settle"]);
  });
});
