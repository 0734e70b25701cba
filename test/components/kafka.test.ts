import { strict as assert } from "node:assert";
import type { KafkaCluster } from "../../components/kafka";
import { mocked, settled, startMocks, valueOf } from "../support/pulumiMocks";

describe("KafkaCluster", () => {
  let kafka: KafkaCluster;
  before(async () => {
    await startMocks();
    const components = await import("../../components/kafka");
    kafka = new components.KafkaCluster("edge", {
      clusterName: "edge",
      hosts: ["c", "a", "b"].map((name, n) => ({ name, address: `10.0.0.${n + 1}` })),
      machines: { a: "machine-a", b: "machine-b", c: "machine-c" },
      settings: {
        heapMiB: 256,
        retentionHours: 1,
        maxMessageMiB: 4,
        sessionMs: 1500,
        dataPath: "/var/lib/iotef/kafka",
        storageGiB: 5,
      },
      images: { registry: "ghcr.io/iotef", tag: "0.1.0", digests: {} },
    });
    await valueOf(kafka.ready);
    await settled();
  });

  it("names every child after itself", () => {
    assert.deepEqual(
      mocked.filter(({ name }) => !name.startsWith("edge")),
      [],
    );
  });

  it("binds the volume of each host to the claim of its broker", () => {
    const bound = mocked
      .filter(({ type }) => type.endsWith(":PersistentVolume"))
      .map(({ inputs }) => {
        const { name } = inputs["metadata"] as { name: string };
        return [name, (inputs["spec"] as { claimRef: { name: string } }).claimRef.name];
      })
      .sort();
    assert.deepEqual(bound, [
      ["kafka-a", "data-kafka-0"],
      ["kafka-b", "data-kafka-1"],
      ["kafka-c", "data-kafka-2"],
    ]);
  });

  it("tells clients the address of every broker", async () => {
    assert.deepEqual(await valueOf(kafka.bootstrapServers), ["10.0.0.2:9092", "10.0.0.3:9092", "10.0.0.1:9092"]);
  });

  it("remembers the founders with their machines, each host's broker id and each id's host, whatever comes", () => {
    const drawn = mocked.filter(({ type }) => type.endsWith(":RandomBytes"));
    const keepersOf = (name: string) =>
      drawn.find((each) => each.name === name)!.inputs["keepers"] as Record<string, string>;
    assert.deepEqual(JSON.parse(keepersOf("edge-kafka-cluster-id")["founders"]!), [
      { name: "a", address: "10.0.0.2", id: 0, machine: "machine-a" },
      { name: "b", address: "10.0.0.3", id: 1, machine: "machine-b" },
      { name: "c", address: "10.0.0.1", id: 2, machine: "machine-c" },
    ]);
    assert.deepEqual(keepersOf("edge-kafka-disk-c"), { broker: "2" });
    assert.deepEqual(keepersOf("edge-kafka-broker-2"), { host: "c" });
  });

  it("has its Jobs run anew after they failed", () => {
    const jobs = mocked.filter(({ type }) => type.endsWith(":Job"));
    assert.deepEqual(jobs.map(({ name }) => name).sort(), ["edge-kafka-drain-reconcile", "edge-kafka-reconcile"]);
    for (const { inputs } of jobs) {
      const { annotations } = inputs["metadata"] as { annotations?: Record<string, string> };
      assert.equal(annotations?.["pulumi.com/replaceUnready"], "true");
    }
  });

  it("keeps what names the other brokers out of the pods' template", () => {
    const set = mocked.find(({ type }) => type.endsWith(":StatefulSet"))!.inputs["spec"];
    const text = JSON.stringify((set as { template: unknown }).template);
    assert.match(text, /"configMap":\{"name":"kafka-files"\}/);
    assert.match(text, /"secretName":"kafka-tls"/);
    assert.ok(!text.includes("10.0.0."));
  });
});
