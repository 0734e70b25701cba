import { strict as assert } from "node:assert";
import type { StageConfig } from "../../core/contract/stageConfig";
import { federationConfig } from "../support/federationConfig";
import { mocked, settled, startMocks, type MockedResource } from "../support/pulumiMocks";

const cluster = (name: string) => ({
  name,
  kubeconfig: `kubeconfig of ${name}`,
  apiEndpoints: [`https://${name}:8443`],
  bootstrapServers: [2, 1, 3].map((n) => `${name}-${n}:9092`),
  kafkaCa: `authority of ${name}`,
  certificates: { authority: "2036-11-23T00:00:00.000Z", kubeconfig: "2027-11-26T00:00:00.000Z" },
  kafkaClusterId: `id-${name}`,
  kafkaMaxMessageBytes: 4 << 20,
  kafkaAdmin: { username: "admin", password: "hush" },
  kubernetesVersion: "1.36.3",
  hosts: Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [`${name}-${n}`, { address: `10.0.0.${n}`, role: "worker", labels: {} }]),
  ),
});
const both = { "organization/iotef/edge": cluster("edge"), "organization/iotef/cloud": cluster("cloud") };

async function run(
  changes: Record<string, unknown> = {},
  stacks: Record<string, Record<string, unknown>> = both,
  preview = false,
): Promise<Record<string, unknown>> {
  await startMocks(stacks, preview);
  const { federationStack } = await import("../../stacks/federation");
  const outputs = await federationStack(federationConfig(changes));
  await settled();
  return outputs;
}

const find = (name: string): MockedResource => {
  const found = mocked.find((resource) => resource.name === name);
  assert.ok(found, `${name} is not among ${mocked.map((resource) => resource.name).join(", ")}`);
  return found;
};
/** Looks through the wrapper of a secret. */
const plain = (value: unknown): unknown => (value as { value?: unknown } | undefined)?.value ?? value;
const isSecret = (value: unknown): boolean => typeof value === "object" && value !== null && "value" in value;
const moved = { placement: { camera: "edge", compress: "cloud" } };

describe("the federation stack", () => {
  it("gives back where stages run and where streams are", async () => {
    const outputs = await run();
    assert.deepEqual(Object.keys(outputs).sort(), ["placement", "stages", "streams"]);
    assert.deepEqual(outputs["placement"], { camera: "edge", compress: "edge" });
    assert.deepEqual((outputs["stages"] as Record<string, unknown>)["compress"], {
      cluster: "edge",
      replicas: 3,
      image: "ghcr.io/iotef/compress:0.1.0",
    });
  });

  it("knows each cluster by an identifier that does not change with its addresses", async () => {
    await run();
    const { inputs } = find("edge-kubernetes");
    assert.equal(inputs["clusterIdentifier"], "edge@id-edge");
    assert.deepEqual(JSON.parse(inputs["kubeClientSettings"] as string), { timeout: 120 });
    assert.ok(isSecret(inputs["kubeconfig"]));
  });

  it("wants topics at the destination, with as many replicas as brokers allow", async () => {
    await run();
    const { data } = find("cloud-kafka-reconcile").inputs as { data: Record<string, string> };
    assert.equal(typeof data["job.json"], "string", "a secret here would hide topics from every preview");
    const { state, username } = JSON.parse(data["job.json"]!) as {
      username: string;
      state: { topics: { name: string; replicationFactor: number; config: Record<string, string> }[] };
    };
    assert.equal(username, "admin");
    assert.deepEqual(
      state.topics.map(({ name }) => name),
      ["archive", "iotef.checkpoints.compress", "iotef.dead-letters.compress"],
    );
    for (const { replicationFactor, config } of state.topics)
      assert.deepEqual([replicationFactor, config["min.insync.replicas"]], [5, "3"]);
  });

  it("tells a stage both of its ends, and its credentials only by a Secret", async () => {
    await run(moved);
    const { data } = find("compress.cloud-config").inputs as { data: Record<string, string> };
    const config = JSON.parse(data["stage.json"]!) as StageConfig;
    assert.equal(config.place, "cloud");
    assert.equal(config.generation, 1_800_000_000_000);
    assert.deepEqual([config.from!.cluster, config.from!.clusterId, config.from!.topic], ["edge", "id-edge", "frames"]);
    assert.deepEqual(config.to.bootstrapServers, { file: "/etc/iotef/brokers/to" });
    const { data: brokers } = find("compress.cloud-brokers").inputs as { data: Record<string, string> };
    assert.equal(brokers["to"], "cloud-1:9092\ncloud-2:9092\ncloud-3:9092");
    assert.equal(brokers["from"], "edge-1:9092\nedge-2:9092\nedge-3:9092");
    const { stringData } = find("compress.cloud-credentials").inputs as { stringData: Record<string, unknown> };
    const credentials = plain(stringData) as Record<string, unknown>;
    assert.equal(plain(credentials["from.ca.crt"]), "authority of edge");
    assert.equal(plain(credentials["from.password"]), "password of edge-password-iotef.compress");
    assert.equal(plain(credentials["to.password"]), "password of cloud-password-iotef.compress");
    assert.ok(!JSON.stringify(data).includes("password of"));
  });

  // B17 (facts/kafka.md 5). The brokers' own half: test/unit/kafka-brokers.test.ts.
  it("lets one setting say how large a message may be: refused above 1 MB by one of four (scality/backbeat#735)", async () => {
    const larger = { ...cluster("cloud"), kafkaMaxMessageBytes: 16 << 20 };
    await run({}, { ...both, "organization/iotef/cloud": larger });
    const limits = (name: string) => {
      const { data } = find(name).inputs as { data: Record<string, string> };
      const { state } = JSON.parse(data["job.json"]!) as { state: { topics: { config: Record<string, string> }[] } };
      return new Set(state.topics.map(({ config }) => config["max.message.bytes"]));
    };
    assert.deepEqual(limits("cloud-kafka-reconcile"), new Set([String(16 << 20)]));
    assert.deepEqual(limits("edge-kafka-reconcile"), new Set([String(4 << 20)]));
    const { data } = find("compress.edge-config").inputs as { data: Record<string, string> };
    const { from, to } = JSON.parse(data["stage.json"]!) as StageConfig;
    assert.deepEqual([from!.maxMessageBytes, to.maxMessageBytes], [4 << 20, 16 << 20]);
  });

  it("runs copies that any host may take, that leave a dead one soon, and that may do little", async () => {
    await run({ placement: { camera: "edge", compress: { cluster: "edge", hosts: ["edge-2"] } } });
    const { spec, metadata } = find("compress.edge-copies").inputs as Record<string, any>; // eslint-disable-line @typescript-eslint/no-explicit-any
    assert.equal(metadata.name, "compress");
    assert.deepEqual(spec.strategy.rollingUpdate, { maxUnavailable: 0, maxSurge: 1 });
    const pod = spec.template.spec;
    const [term] = pod.affinity.nodeAffinity.requiredDuringSchedulingIgnoredDuringExecution.nodeSelectorTerms;
    assert.deepEqual(term.matchExpressions, [{ key: "kubernetes.io/hostname", operator: "In", values: ["edge-2"] }]);
    assert.deepEqual(
      pod.tolerations.map((each: { key: string; tolerationSeconds?: number }) => [each.key, each.tolerationSeconds]),
      [
        ["node-role.kubernetes.io/control-plane", undefined],
        ["node.kubernetes.io/not-ready", 3],
        ["node.kubernetes.io/unreachable", 3],
      ],
    );
    const [container] = pod.containers;
    assert.equal(container.securityContext.readOnlyRootFilesystem, true);
    assert.equal(pod.securityContext.runAsNonRoot, true);
    assert.equal(pod.automountServiceAccountToken, false);
    assert.equal(container.resources.limits.memory, "256Mi");
    assert.match(find("compress.edge-copies").provider ?? "", /edge-kubernetes/);
  });

  it("leaves the copies as they are when brokers come or go", async () => {
    const copies = async (stacks: typeof both) => {
      await run({}, stacks);
      return mocked
        .filter(({ name }) => /^compress\.edge-(config|copies|credentials)$/.test(name))
        .map(({ name, inputs }) => `${name} ${JSON.stringify(inputs)}`)
        .sort();
    };
    const edge = cluster("edge");
    const grown = { ...edge, bootstrapServers: [...edge.bootstrapServers, "edge-6:9092"] };
    const before = await copies(both);
    assert.equal(before.length, 3);
    assert.deepEqual(await copies({ ...both, "organization/iotef/edge": grown }), before);
    const { data } = find("compress.edge-brokers").inputs as { data: Record<string, string> };
    assert.match(data["from"]!, /edge-6:9092/);
  });

  it("changes nothing but the stage when it moves", async () => {
    const namesOf = async (changes: Record<string, unknown>) => {
      await run(changes);
      return mocked
        .map(({ name, inputs }) => `${name} ${JSON.stringify(inputs)}`)
        .filter((text) => !/^compress[.-]/.test(text))
        .sort();
    };
    assert.deepEqual(await namesOf(moved), await namesOf({}));
  });

  it("makes no disruption budget for a single copy", async () => {
    await run({ stages: { camera: { process: "camera", to: "frames", replicas: 1 } }, placement: { camera: "edge" } });
    assert.ok(!mocked.some(({ name }) => name === "camera.edge-budget"));
  });

  it("names children after their parents", async () => {
    await run();
    const stages = mocked.filter(({ type }) => type === "iotef:stage:Stage").map(({ name }) => name);
    assert.deepEqual(stages.sort(), ["camera.edge", "compress.edge"]);
    for (const { name, type } of mocked.filter((each) => /Deployment|Secret|ConfigMap|Budget/.test(each.type))) {
      assert.match(name, /^(camera\.edge|compress\.edge|edge|cloud)-/, `${type} ${name}`);
    }
  });

  it("refuses a host that is not there before it makes anything", async () => {
    await assert.rejects(
      run({ placement: { camera: "edge", compress: { cluster: "edge", hosts: ["edge-9"] } } }),
      (error: Error) => {
        assert.match(
          error.message,
          /nothing was changed:\n {2}- iotef:placement\.compress\.hosts: "edge-9" is not a host of edge; use edge-1 or/,
        );
        return true;
      },
    );
    assert.deepEqual(
      mocked.map(({ type }) => type).filter((type) => type !== "pulumi:pulumi:StackReference"),
      [],
    );
  });

  it("refuses a reference to what is not a cluster that is up", async () => {
    await assert.rejects(
      run({}, { "organization/iotef/cloud": cluster("cloud") }),
      /iotef:clusters\.edge: "organization\/iotef\/edge" is a stack without the outputs name, kubeconfig, .* run `pulumi up` on it first/,
    );
  });
});
