import { strict as assert } from "node:assert";
import { mocked, settled, startMocks, valueOf, type MockedResource } from "../support/pulumiMocks";

const controlPlanes = ["edge-m1", "edge-m2", "edge-m3"];
const founders = "edge-m1@1 edge-m2@1 edge-m3@1";

/** What the component asks for, by name of resource. */
async function ask(
  names: readonly string[],
  generations: Record<string, number> = {},
): Promise<Map<string, MockedResource>> {
  await startMocks({}, false, { "edge-founders": { controlPlanes: founders } });
  const { KubeadmCluster } = await import("../../components/kubeadm");
  const { secret } = await import("@pulumi/pulumi");
  const { parseConfig } = await import("../../core/config");
  const config = parseConfig({
    role: "cluster",
    name: "edge",
    ssh: { privateKeyFile: "key" },
    hosts: { m: { address: "10.0.0.1", role: "control-plane" } },
  });
  assert.ok(config.role === "cluster");
  const cluster = new KubeadmCluster("edge", {
    hosts: names.map((name) => ({
      name,
      address: addressOf(name),
      generation: generations[name] ?? 1,
      user: "root",
      port: 22,
      hostKey: "ssh-ed25519 AAAA",
      privateKeyFile: "key",
      privateKey: secret("hush"),
      role: controlPlaneOf(name) ? "control-plane" : "worker",
      apiEntry: !controlPlaneOf(name),
      labels: {},
    })),
    kubernetes: config.kubernetes,
    endpoint: { port: 8443 },
    kafkaDataPath: "/var/lib/iotef/kafka",
    backup: config.backup,
  });
  await valueOf(cluster.machines);
  await settled();
  return new Map(mocked.map((resource) => [resource.name, resource]));
}

/** The resources that another configuration changes; what is new or gone is left out, and keepers, whose changes are ignored. */
function changed(before: Map<string, MockedResource>, after: Map<string, MockedResource>): string[] {
  return [...after.keys()]
    .filter((name) => before.has(name) && name !== "edge-founders")
    .filter((name) => JSON.stringify(before.get(name)!.inputs) !== JSON.stringify(after.get(name)!.inputs))
    .sort();
}

const controlPlaneOf = (name: string): boolean => /-m\d$/.test(name);
const addressOf = (name: string): string => `10.0.${controlPlaneOf(name) ? 1 : 2}.${name.at(-1)}`;
const each = (kind: string, hosts: readonly string[]): string[] => hosts.map((host) => `edge-${kind}-${host}`);

describe("KubeadmCluster, when the rack changes", function () {
  this.timeout(60_000);
  const rack = [...controlPlanes, "edge-w1", "edge-w2"];
  let now: Map<string, MockedResource>;
  before(async () => {
    now = await ask(rack);
  });

  const environmentOf = (name: string): Record<string, unknown> =>
    now.get(name)!.inputs["environment"] as Record<string, unknown>;

  it("runs everything of a rebuilt host again, and of the others only what reads", async () => {
    const after = await ask(rack, { "edge-m1": 2 });
    assert.deepEqual(
      changed(now, after),
      [
        "edge-balance-edge-m1",
        "edge-control-plane-edge-m1",
        "edge-give-back-edge-m1",
        "edge-prepare-edge-m1",
        "edge-upkeep-edge-m1",
      ].sort(),
    );
  });

  it("joins a worker without a word to the nodes that are in", async () => {
    const after = await ask([...rack, "edge-w3"]);
    assert.deepEqual(changed(now, after), [...each("prepare", rack), "edge-release"].sort());
    assert.ok(after.has("edge-worker-edge-w3"));
  });

  it("tells every host's balancer and joining script of two more control planes", async () => {
    const after = await ask([...controlPlanes, "edge-m4", "edge-m5", "edge-w1", "edge-w2"]);
    for (const name of [...each("balance", rack), ...each("control-plane", controlPlanes)]) {
      assert.ok(changed(now, after).includes(name), name);
    }
  });

  it("lets only the control planes that it began with start the cluster", async () => {
    const after = await ask([...controlPlanes, "edge-m4", "edge-m5", "edge-w1", "edge-w2"]);
    assert.deepEqual(now.get("edge-founders")!.inputs["keepers"], { controlPlanes: founders });
    for (const name of [...controlPlanes, "edge-m4", "edge-m5"]) {
      const joining = after.get(`edge-control-plane-${name}`)!.inputs["environment"];
      assert.equal((joining as Record<string, unknown>)["FOUNDERS"], founders, name);
    }
  });

  it("asks no host that goes: it is given back by a script that bears its death", async () => {
    const remote = [...now.values()].filter(({ type }) => type === "command:remote:Command");
    assert.deepEqual(
      remote.filter(({ inputs }) => inputs["delete"] !== undefined),
      [],
    );
    for (const host of rack) {
      assert.match(String(environmentOf(`edge-give-back-${host}`)["ON_DELETE"]), /does not answer on SSH/);
    }
  });

  it("has no command that fills the screen when it fails: Pulumi prints it in full", () => {
    const commands = [...now.values()]
      .filter(({ type }) => type.startsWith("command:"))
      .flatMap(({ name, inputs }) => ["create", "update", "delete"].map((verb) => [name, verb, String(inputs[verb])]));
    assert.deepEqual(
      commands.filter(([, , text]) => text!.length > 80 || text!.includes("\n")),
      [],
    );
  });

  it("asks no node without a limit: behind an API server whose etcd has left, kubectl would wait for ever", () => {
    const scripts = [...now.values()]
      .filter(({ type }) => type === "command:local:Command")
      .flatMap(({ name, inputs }) => [String(inputs["stdin"] ?? ""), String(environmentOf(name)["ON_DELETE"] ?? "")]);
    const asked = scripts.flatMap(
      (text) => text.match(/\bon "\$(?:server|1)" "(\$kubectl|timeout \d+|kubectl|kubeadm).*/g) ?? [],
    );
    assert.ok(asked.length > 0);
    assert.deepEqual(
      asked.filter((line) => !/ "(\$kubectl|timeout \d+) /.test(line)),
      [],
    );
  });
});
