import { strict as assert } from "node:assert";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import execa from "execa";
import { messageOf } from "../../core/errors";
import { until } from "../../core/wait";
import { hostsOf } from "../../lab/inventory";
import { readArrivals } from "../../scripts/labCommand/arrivals";
import { openSession, project } from "../../scripts/labCommand/session";
import { endOfStream } from "../../scripts/labCommand/watch";
import { voters } from "../support/labRack";

/**
 * The main job as the README gives it, on the stack files as they are committed: up, images flow, move, audit, nothing left to
 * change, down. On a machine without a lab (./scripts/test sees to that). One story: each part starts from what the one before it
 * left.
 */
describe("the main job", function () {
  // Two clusters from nothing on two shared cores, artifacts built where nothing is cached.
  this.timeout(70 * 60 * 1000);
  const federationFile = join(project, "Pulumi.federation.yaml");
  const committed = readFileSync(federationFile, "utf8");

  before(async () => {
    for (const point of killPoints) await killedUp(point);
    await script("lab", ["up"], { show: true });
  });
  afterEach(async function () {
    if (this.currentTest?.state === "failed") await showPods();
  });
  after(async () => {
    writeFileSync(federationFile, committed);
    await script("lab", ["down"], { show: true });
    assert.deepEqual(await leftovers(), [], "lab down leaves nothing behind");
  });

  for (const cluster of ["edge", "cloud"]) {
    it(`${cluster} has five Ready nodes, three of them control planes`, async () => {
      const { items } = JSON.parse(await kubectl(cluster, ["get", "nodes", "-o", "json"])) as NodeList;
      const ready = items.filter(({ status }) =>
        status.conditions.some(({ type, status: value }) => type === "Ready" && value === "True"),
      );
      assert.equal(ready.length, 5);
      assert.equal(
        items.filter(({ metadata }) => "node-role.kubernetes.io/control-plane" in metadata.labels).length,
        3,
      );
    });

    it(`${cluster} has five brokers that are ready`, async () => {
      const path = "jsonpath={.items[*].status.readyReplicas}";
      assert.equal(await kubectl(cluster, ["-n", "kafka", "get", "statefulset", "-o", path]), "5");
    });

    it(`${cluster} has five brokers that vote on its quorum`, async () => {
      assert.deepEqual(Object.keys(await voters("kafka-0", cluster)).sort(), ["0", "1", "2", "3", "4"]);
    });
  }

  it("brings every stack up again without a change", async () => {
    const options = ["--yes", "--skip-preview", "--expect-no-changes", "--non-interactive"];
    const up = (stack: string) => script("lab", ["pulumi", stack, "up", ...options]);
    await Promise.all([up("edge"), up("cloud")]);
    await up("federation");
  });

  it("shows stages, where they run, and records going in and out", async () => {
    const text = await script("lab", ["status"]);
    assert.match(text, /^camera +edge +edge-/m);
    assert.match(text, /^compress +edge +edge-/m);
    const out = /^compress: [\d.]+ in\/s, ([\d.]+) out\/s$/m.exec(text)?.[1];
    assert.ok(Number(out) > 0, text);
  });

  for (const [from, to] of [
    ["edge", "cloud"],
    ["cloud", "edge"],
  ] as const) {
    it(`moves compress from ${from} to ${to} under load, and the preview says so`, async () => {
      await script("lab", ["pulumi", "federation", "config", "set", "--path", "iotef:placement.compress", to]);
      const preview = await script("preview", ["federation"]);
      assert.match(
        preview.split("\n").find((line) => line.includes("compress")) ?? "",
        new RegExp(`compress.*${from}.*${to}`),
      );
      const reader = await readArrivals(await endOfStream(openSession(), "archive"));
      await until("images arrive", async () => assert.ok(reader.take().records > 0, "none so far"), { within: 300 });
      await script("lab", ["pulumi", "federation", "up", "--yes", "--skip-preview", "--non-interactive"], {
        show: true,
      });
      const { records, longestGapMs } = reader.take();
      await reader.stop();
      process.stdout.write(`${from} -> ${to}: ${records} records, longest gap ${longestGapMs.toFixed(0)} ms\n`);
      assert.ok(records > 0, "images arrived while the stage moved");
      const place = async (cluster: string): Promise<string> =>
        kubectl(cluster, [
          "-n",
          "iotef",
          "get",
          "deployment",
          "-l",
          "app.kubernetes.io/name=compress",
          "-o",
          "name",
          "--ignore-not-found",
        ]);
      assert.notEqual(await place(to), "");
      assert.equal(await place(from), "");
    });
  }

  it("loses and doubles nothing: the audit of the whole history", async () => {
    await script("audit", ["--settle"], { show: true });
  });

  it("keeps every password and private key out of states and logs", async () => {
    const secrets = await knownSecrets();
    assert.ok(secrets.length >= 4);
    for (const stack of ["edge", "cloud", "federation"]) {
      const state = await script("lab", ["pulumi", stack, "stack", "export"]);
      assertFree(`the state of ${stack}`, state, secrets);
    }
    for (const cluster of ["edge", "cloud"]) {
      const pods = (
        await kubectl(cluster, [
          "get",
          "pods",
          "-A",
          "-o",
          "jsonpath={range .items[*]}{.metadata.namespace} {.metadata.name}{'\\n'}{end}",
        ])
      )
        .trim()
        .split("\n");
      for (const [namespace, pod] of pods.map((line) => line.split(" "))) {
        const log = await kubectl(cluster, ["-n", namespace!, "logs", pod!, "--all-containers", "--tail", "5000"]);
        assertFree(`the log of ${pod} on ${cluster}`, log, secrets);
      }
    }
  });

  it("previews a move while both clusters stand still", async () => {
    const hosts = hostsOf(openSession().inventory).map(({ name }) => name);
    await script("lab", ["pulumi", "federation", "config", "set", "--path", "iotef:placement.compress", "cloud"]);
    await script("lab", ["fault", "freeze", ...hosts]);
    try {
      assert.match(await script("preview", ["federation"]), /compress.*edge.*cloud/);
    } finally {
      await script("lab", ["heal"]);
    }
  });

  it("destroys every stack, in reverse order", async () => {
    for (const cluster of ["edge", "cloud"])
      await until(`the API of ${cluster} answers again`, () => kubectl(cluster, ["get", "--raw", "/readyz"]), {
        within: 600,
        every: 5,
      });
    for (const stack of ["federation", "cloud", "edge"])
      await script("lab", ["pulumi", stack, "destroy", "--yes", "--skip-preview", "--non-interactive"], { show: true });
  });
});

interface NodeList {
  items: { metadata: { labels: Record<string, string> }; status: { conditions: { type: string; status: string }[] } }[];
}

/** Runs a command of scripts/ as a person would and returns what it printed. @throws with both outputs when it fails */
async function script(name: string, args: readonly string[], { show = false } = {}): Promise<string> {
  const result = await start(name, args, { show });
  assert.equal(result.exitCode, 0, `./scripts/${name} ${args.join(" ")}:\n${(result.all ?? "").slice(-4000)}`);
  return result.stdout;
}

/** Starts a command of scripts/. Detached, it has a process group of its own, which can be ended as a whole. */
function start(name: string, args: readonly string[], { show = false, detached = false }): execa.ExecaChildProcess {
  const options = { cwd: project, stdin: "ignore", all: true, reject: false, maxBuffer: 1e9, detached } as const;
  const child = execa(join(project, "scripts", name), args, options);
  if (show) child.all?.pipe(process.stdout, { end: false });
  return child;
}

/** Where `up` is killed, one after the other: what it has just said then. The last one is in the middle of a creation. */
const killPoints = [
  { name: "while hosts boot", said: /\S+ answers on / },
  { name: "while control planes join", said: /command:local:Command (edge|cloud)-control-plane-\S+ created/ },
  { name: "while brokers start", said: /(edge|cloud): waiting for .*-kafka\b/ },
];

/** An `up` that is killed with all its processes: the next one must end well all the same. */
async function killedUp({ name, said: point }: (typeof killPoints)[number]): Promise<void> {
  const child = start("lab", ["up"], { show: true, detached: true });
  let said = "";
  child.all!.on("data", (piece: Buffer) => {
    const before = said;
    said += piece.toString();
    if (point.test(said) && !point.test(before)) process.kill(-child.pid!, "SIGKILL");
  });
  const { signal } = await child;
  assert.equal(signal, "SIGKILL", `lab up ended before it was to be killed ${name}:\n${said.slice(-4000)}`);
  process.stdout.write(`killed ${name}\n`);
}

/** In this process: dozens of calls through `./scripts/lab kubectl` would each start a Node. */
async function kubectl(cluster: string, args: readonly string[]): Promise<string> {
  return (await openSession().kubectl(cluster))(args);
}

/** What a person would look at first when something of the pipeline is wrong: its pods, and the end of their logs. */
async function showPods(): Promise<void> {
  for (const cluster of ["edge", "cloud"]) {
    for (const args of [
      ["get", "pods", "-A", "-o", "wide"],
      [
        "-n",
        "iotef",
        "logs",
        "--all-containers",
        "--prefix",
        "--tail",
        "80",
        "--max-log-requests",
        "20",
        "-l",
        "app.kubernetes.io/component=stage",
      ],
    ]) {
      const said = await kubectl(cluster, args).catch((error: unknown) => messageOf(error));
      process.stdout.write(`${cluster}: kubectl ${args.join(" ")}\n${said}\n`);
    }
  }
}

/** What must be nowhere in plain: the administrators' passwords and keys, and the lab's SSH key. */
async function knownSecrets(): Promise<{ name: string; text: string }[]> {
  const secrets = [
    { name: "the SSH key", text: readFileSync(join(project, ".lab/ssh/id_ed25519"), "utf8").split("\n")[1]! },
  ];
  for (const stack of ["edge", "cloud"]) {
    const outputs = JSON.parse(
      await script("lab", ["pulumi", stack, "stack", "output", "--json", "--show-secrets"]),
    ) as {
      kubeconfig: string;
      kafkaAdmin: { password: string };
    };
    secrets.push({ name: `${stack}'s Kafka administrator`, text: outputs.kafkaAdmin.password });
    secrets.push({ name: `${stack}'s kubeconfig`, text: /client-key-data: (\S{40})/.exec(outputs.kubeconfig)![1]! });
  }
  for (const cluster of ["edge", "cloud"]) {
    const { items } = JSON.parse(await kubectl(cluster, ["-n", "iotef", "get", "secrets", "-o", "json"])) as {
      items: { metadata: { name: string }; data?: Record<string, string> }[];
    };
    for (const { metadata, data } of items) {
      if (data?.["password"])
        secrets.push({
          name: `${metadata.name} on ${cluster}`,
          text: Buffer.from(data["password"], "base64").toString(),
        });
    }
  }
  return secrets;
}

function assertFree(where: string, text: string, secrets: readonly { name: string; text: string }[]): void {
  for (const secret of secrets) assert.ok(!text.includes(secret.text), `${where} shows ${secret.name}`);
  assert.ok(!/-----BEGIN [A-Z ]*PRIVATE KEY-----/.test(text), `${where} shows a private key`);
}

/** Containers' processes, network namespaces, links, mounts and files of the lab that are still there. */
async function leftovers(): Promise<string[]> {
  const { stdout: namespaces } = await execa("ip", ["netns", "list"]);
  const { stdout: links } = await execa("ip", ["-o", "link", "show"]);
  const mounts = readFileSync("/proc/mounts", "utf8");
  return [
    ...namespaces.split("\n").filter((line) => line.startsWith("iotef")),
    ...links.split("\n").filter((line) => / iotef/.test(line)),
    ...mounts.split("\n").filter((line) => line.includes(join(project, ".lab"))),
    ...(existsSync(join(project, ".lab")) ? [".lab"] : []),
  ];
}
