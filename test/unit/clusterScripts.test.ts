import { strict as assert } from "node:assert";
import { runClusterScript, type Answer } from "../support/clusterScript";

const addresses = { "edge-m1": "10.0.1.1", "edge-m2": "10.0.1.2", "edge-m3": "10.0.1.3" };
type Name = keyof typeof addresses;
const all = Object.keys(addresses) as Name[];

/** The state of a host's API server, as session.sh asks for it. */
const api = (name: Name, state: string): Answer => ({
  to: /kube-apiserver\.yaml/,
  address: addresses[name],
  ...(state === "unreachable" ? { fails: 255 } : { prints: `${state}\n` }),
});
const memberList = (...lines: string[]): Answer => ({ to: /member list/, prints: `${lines.join("\n")}\n` });
const member = (id: string, name: string, address: string, { status = "started", learner = false } = {}): string =>
  `${id}, ${status}, ${name}, https://${address}:2380, ${name === "" ? "" : `https://${address}:2379`}, ${learner}`;
const others = (host: string): string =>
  all
    .filter((name) => name !== host)
    .map((name) => `${name} ${addresses[name]}`)
    .join("\n");

const joinCommand: Answer = {
  to: /token create/,
  prints: "kubeadm join x --token abc.def --discovery-token-ca-cert-hash sha256:0\n",
};

function joinControlPlane(host: Name, answers: Answer[], variables: Record<string, string> = {}) {
  const own = {
    HOST: host,
    ADDRESS: addresses[host],
    CONTROL_PLANES: others(host),
    FOUNDERS: "edge-m1@1 edge-m2@1 edge-m3@1",
    KUBERNETES_VERSION: "1.36.3",
    ENDPOINT: "api.edge.iotef:8443",
    INIT_CONFIG: "init",
    JOIN_CONFIG: "join",
  };
  return runClusterScript("ensureControlPlane.sh", { ...own, ...variables }, answers);
}

const removed = (commands: readonly string[]): string[] =>
  commands.flatMap((command) => /member remove (\w+)/.exec(command)?.[1] ?? []);
const did = (commands: readonly string[], what: RegExp): boolean => commands.some((command) => what.test(command));

describe("a control plane that joins", () => {
  const healthy = [member("a1", "edge-m1", addresses["edge-m1"]), member("a2", "edge-m2", addresses["edge-m2"])];
  const serving = [api("edge-m1", "serving"), api("edge-m2", "serving"), api("edge-m3", "none")];

  it("takes out its own old member first, wherever that one was", async () => {
    const { exitCode, commands } = await joinControlPlane("edge-m3", [
      ...serving,
      memberList(...healthy, member("a3", "edge-m3", "10.0.1.99")),
      joinCommand,
    ]);
    assert.equal(exitCode, 0);
    assert.deepEqual(removed(commands), ["a3"]);
    assert.ok(did(commands, /^10\.0\.1\.3 .*kubeadm join/s));
  });

  it("takes out the dead member of a host that is no control plane any more, and leaves one that answers", async () => {
    const { commands } = await joinControlPlane("edge-m3", [
      ...serving,
      memberList(...healthy, member("d1", "edge-m8", "10.0.1.8"), member("d2", "edge-m9", "10.0.1.9")),
      {
        to: /endpoint health.*10\.0\.1\.8/,
        prints: "https://10.0.1.8:2379 is unhealthy: deadline exceeded\n",
        fails: 1,
      },
      { to: /endpoint health.*10\.0\.1\.9/, prints: "https://10.0.1.9:2379 is healthy\n" },
      joinCommand,
    ]);
    assert.deepEqual(removed(commands), ["d1"]);
  });

  it("takes no member for dead that it could not ask", async () => {
    const { commands } = await joinControlPlane("edge-m3", [
      ...serving,
      memberList(...healthy, member("d1", "edge-m8", "10.0.1.8")),
      { to: /endpoint health/, prints: "error: unable to upgrade connection\n", fails: 1 },
      joinCommand,
    ]);
    assert.deepEqual(removed(commands), []);
  });

  for (const [what, line] of [
    ["never started", member("a3", "", addresses["edge-m3"], { status: "unstarted" })],
    ["is a learner", member("a3", "edge-m3", addresses["edge-m3"], { learner: true })],
  ] as const) {
    it(`begins anew where its join ended half-way and its member ${what}`, async () => {
      const { exitCode, commands } = await joinControlPlane("edge-m3", [
        api("edge-m1", "serving"),
        api("edge-m3", "stopped"),
        memberList(...healthy, line),
        joinCommand,
      ]);
      assert.equal(exitCode, 0);
      assert.deepEqual(removed(commands), ["a3"]);
      assert.ok(did(commands, /kubeadm reset/));
    });
  }

  it("waits for its own API server where its member votes", async () => {
    const { exitCode, stderr, commands } = await joinControlPlane("edge-m3", [
      api("edge-m1", "serving"),
      api("edge-m3", "stopped"),
      memberList(...healthy, member("a3", "edge-m3", addresses["edge-m3"])),
    ]);
    assert.equal(exitCode, 1);
    assert.match(stderr, /belongs to the cluster but its API server did not answer/);
    assert.ok(!did(commands, /kubeadm reset|member remove/));
  });
});

describe("a control plane's kubelet", () => {
  const balanced = (host: Name, answers: Answer[]) =>
    joinControlPlane(host, answers).then(({ commands }) =>
      did(commands, new RegExp(`^${addresses[host]} .*kubelet\\.conf.*api\\.edge\\.iotef:8443.*restart kubelet`, "s")),
    );

  it("reaches the API through HAProxy: when it starts the cluster, joins it, or is a member", async () => {
    const nobody = all.map((name) => api(name, "none"));
    assert.ok(await balanced("edge-m1", nobody));
    assert.ok(await balanced("edge-m3", [api("edge-m1", "serving"), api("edge-m3", "none"), joinCommand]));
    assert.ok(await balanced("edge-m1", [api("edge-m1", "serving")]));
  });
});

describe("a node's labels", () => {
  const label = (labels: string, had: string) =>
    joinControlPlane("edge-m1", [api("edge-m1", "serving"), { to: /annotations\.iotef-labels/, prints: had }], {
      LABELS: labels,
    });
  const done = ({ commands }: { commands: string[] }): string[] =>
    commands.flatMap(
      (command) =>
        /(?:label|annotate) node edge-m1 --overwrite (.*)/.exec(command)?.[1]?.trim().replace(/ +/g, " ") ?? [],
    );

  it("come with their names, which is how those that are wanted no more go", async () => {
    assert.deepEqual(done(await label("zone=a\ngpu=yes", "")), ["zone=a gpu=yes", "iotef-labels=zone,gpu"]);
    assert.deepEqual(done(await label("gpu=no", "zone,gpu")), ["gpu=no zone-", "iotef-labels=gpu"]);
    assert.deepEqual(done(await label("", "gpu")), ["gpu-", "iotef-labels="]);
  });

  it("are left alone where there never were any", async () => {
    assert.deepEqual(done(await label("", "")), []);
  });
});

describe("a control plane where none serves", () => {
  const nobody = all.map((name) => api(name, "none"));

  it("starts the cluster where it is one of those that it begins with", async () => {
    const { exitCode, stdout, commands } = await joinControlPlane("edge-m1", nobody);
    assert.deepEqual([exitCode, stdout], [0, "edge-m1: started the cluster"]);
    assert.ok(did(commands, /kubeadm init --config/));
  });

  for (const [what, variables] of [
    ["has taken the place of all of them", { FOUNDERS: "edge-a@1 edge-b@1 edge-c@1" }],
    ["was rebuilt", { GENERATION: "2" }],
  ] as const) {
    it(`starts no second cluster where it ${what}`, async () => {
      const { exitCode, stderr, commands } = await joinControlPlane("edge-m1", nobody, variables);
      assert.equal(exitCode, 1);
      assert.match(stderr, /must not start a new cluster: this one began with edge-/);
      assert.ok(!did(commands, /kubeadm (init|join|reset)/));
    });
  }

  it("finishes an init that died after its API server was up", async () => {
    const { exitCode, commands } = await joinControlPlane("edge-m1", [api("edge-m1", "serving")]);
    assert.equal(exitCode, 0);
    assert.ok(did(commands, /init\.yaml.*upload-config all.*addon all/s));
    assert.ok(!did(commands, /kubeadm reset/));
  });
});

describe("a control plane that leaves", () => {
  const leave = (answers: Answer[]) =>
    runClusterScript(
      "removeNode.sh",
      { HOST: "edge-m3", ADDRESS: addresses["edge-m3"], CONTROL_PLANES: others("edge-m3") },
      answers,
    );

  it("takes out its own member, and not that of a host with another name at its address", async () => {
    const { exitCode, commands } = await leave([
      api("edge-m1", "serving"),
      memberList(member("a1", "edge-m1", addresses["edge-m1"]), member("n4", "edge-m4", addresses["edge-m3"])),
    ]);
    assert.equal(exitCode, 0);
    assert.deepEqual(removed(commands), []);
    assert.ok(did(commands, /delete node edge-m3/));
  });

  it("believes soon that there is no cluster left where all others say so, late where they cannot be reached", async () => {
    const asked = async (state: string): Promise<number> => {
      const { exitCode, commands } = await leave([api("edge-m1", state), api("edge-m2", state)]);
      assert.equal(exitCode, 0);
      return commands.length / 2;
    };
    assert.deepEqual([await asked("none"), await asked("unreachable")], [2, 12]);
  });
});

describe("a host that is given back", () => {
  const give = (record: string) =>
    runClusterScript(
      "giveBack.sh",
      { HOST: "edge-w1", ADDRESS: "10.0.2.1", CONTROL_PLANES: "", CLUSTER: "edge", RESET: "reset" },
      [{ to: /\/etc\/iotef\/host/, prints: record }],
    );
  const wasReset = ({ commands }: { commands: string[] }): boolean => did(commands, /bash -c "\$\(cat\)" reset/);

  it("is reset where it is still this one, and where it was never prepared", async () => {
    assert.ok(wasReset(await give("cluster=edge\nhost=edge-w1\n")));
    assert.ok(wasReset(await give("")));
  });

  for (const record of ["cluster=edge\nhost=edge-w9\n", "cluster=other\nhost=edge-w1\n", "host=another\n"]) {
    it(`is left as it is where it says ${record.trim().replace("\n", ", ")}`, async () => {
      const run = await give(record);
      assert.equal(run.exitCode, 0);
      assert.match(run.stderr, /is not ours any more/);
      assert.ok(!wasReset(run));
    });
  }
});
