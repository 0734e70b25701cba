import { strict as assert } from "node:assert";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { connectAsOperator } from "../../workloads/reconcile/connect";
import { observeReplicas } from "../../workloads/reconcile/observeReplicas";
import { observeVoters } from "../../workloads/reconcile/observeVoters";
import type { LoadedJob } from "../../workloads/reconcile/readJob";
import { reconcile } from "../../workloads/reconcile/reconcile";
import { startSecureBrokers, type SecureBrokers } from "../support/secureBrokers";

/** Four brokers, so that one can go: hosts that are replaced and taken away, by what runs in the cluster. */
describe("hosts of a Kafka that come and go", function () {
  this.timeout(1_800_000);
  let brokers: SecureBrokers;
  let admin: ReturnType<typeof connectAsOperator>;
  let said: string[];

  before(async () => {
    brokers = await startSecureBrokers(4);
    admin = connectAsOperator(job());
    await admin.createTopics({ topics: ["frames"], partitions: 4, replicas: 3 });
    // Long before it is looked at: the controller says that a topic is there before every broker has read of it.
    await admin.createTopics({ topics: ["everywhere"], partitions: 1, replicas: 4 });
  });
  after(async () => {
    await admin?.close();
    await brokers?.stop();
  });
  beforeEach(() => {
    said = [];
  });

  it("begins with the founders as voters, each with the identity that it was given", async () => {
    await settle([0, 1, 2, 3]);
    assert.deepEqual((await voters()).map(({ id }) => id).sort(), [0, 1, 2, 3]);
    assert.ok(!existsSync(join(brokers.directoryOf(1), ".iotef-machine")), "a mark is good for one disk");
  });

  for (const [what, machine] of [
    ["another machine", "machine-new"],
    // Emptied by hand: the mark is gone with the first format, only a person could put it back.
    ["the same machine with an emptied disk", ""],
  ] as const) {
    it(`makes ${what} in a host's place a voter again, and brings all copies in sync`, async () => {
      const before = directoryId(1);
      assert.equal(before, (await voters()).find(({ id }) => id === 1)!.directory);
      await brokers.stopOne(1);
      brokers.replaceMachine(1, machine);
      brokers.start(1);
      await brokers.ready(1);
      await settle([0, 1, 2, 3]);
      assert.notEqual(directoryId(1), before);
      const now = await voters();
      assert.deepEqual(now.map(({ id }) => id).sort(), [0, 1, 2, 3]);
      assert.equal(now.find(({ id }) => id === 1)!.directory, directoryId(1));
      const { partitions } = await observeReplicas(admin);
      assert.ok(partitions.every(({ replicas, inSync }) => inSync.length === replicas.length));
    });
  }

  it("refuses to take a broker away where its copies would not fit, and moves nothing", async () => {
    try {
      const before = (await observeReplicas(admin)).partitions;
      await assert.rejects(drain([3], [0, 1, 2]), /topic everywhere has 4 copies and only 3 brokers would stay/);
      assert.deepEqual(places((await observeReplicas(admin)).partitions), places(before));
    } finally {
      await admin.deleteTopics({ topics: ["everywhere"] });
    }
  });

  it("refuses while another broker is away", async () => {
    await brokers.stopOne(0);
    await assert.rejects(drain([3], [0, 1, 2]), /broker 0 is not there: bring its host back/);
    brokers.start(0);
    await brokers.ready(0);
    await settle([0, 1, 2, 3]);
  });

  it("drains a broker that is dead, and takes its vote", async () => {
    await brokers.stopOne(3);
    await drain([3], [0, 1, 2]);
    const { partitions } = await observeReplicas(admin);
    assert.ok(partitions.length > 0 && partitions.every(({ replicas }) => !replicas.includes(3)));
    await settle([0, 1, 2]);
    assert.deepEqual((await voters()).map(({ id }) => id).sort(), [0, 1, 2]);
    assert.deepEqual(
      said.filter((line) => line.startsWith("broker 3")),
      ["broker 3 is gone and votes no longer"],
    );
  });

  it("drains it again, and settles again, without a change", async () => {
    await drain([3], [0, 1, 2]);
    await settle([0, 1, 2]);
    assert.deepEqual(
      said.filter((line) => line.includes("votes no longer")),
      [],
    );
  });

  function job(more: Partial<LoadedJob> = {}): LoadedJob {
    const { bootstrapServers, brokerServers, ca, operator } = brokers;
    return {
      owner: "test",
      bootstrapServers,
      brokerServers,
      ca,
      state: { topics: [], users: [] },
      credentials: { kind: "certificate", pem: operator },
      passwords: new Map(),
      ...more,
    };
  }

  const run = (more: Partial<LoadedJob>) => reconcile(job(more), (line) => said.push(line));
  const drain = (from: number[], to: number[]) => run({ drain: { from, to } });
  const settle = (ids: number[]) =>
    run({ brokers: ids.map((id) => ({ id, host: `host-${id}`, voter: true, generation: 1 })) });

  async function voters(): Promise<{ id: number; directory: string }[]> {
    return (await observeVoters(admin)).voters.map(({ id, directoryId: uuid }) => ({
      id,
      directory: Buffer.from(uuid.replaceAll("-", ""), "hex").toString("base64url"),
    }));
  }

  /** What stands on the disk. */
  function directoryId(id: number): string {
    const meta = readFileSync(join(brokers.directoryOf(id), "meta.properties"), "utf8");
    return /^directory\.id=(.*)$/m.exec(meta)![1]!;
  }

  function places(partitions: Awaited<ReturnType<typeof observeReplicas>>["partitions"]): string[] {
    return partitions.map(({ topic, partition, replicas }) => `${topic}/${partition} ${replicas.join(",")}`).sort();
  }
});
