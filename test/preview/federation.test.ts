import { strict as assert } from "node:assert";
import { copyFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { parsePreview, renderText, summarize } from "../../core/preview";
import { supply } from "../../lab/artifacts";
import { installToolchain, labPlaces, runPulumi, type PulumiPlaces, type PulumiResult } from "../../lab/toolchain";
import { assertGolden } from "../support/golden";

const repository = resolve(__dirname, "../..");

/** Both clusters are switched off: nothing listens on their addresses (TEST-NET-1 would take minutes to say so). */
const kubeconfig = (cluster: string) =>
  JSON.stringify({
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name: cluster, cluster: { server: "https://127.0.0.1:1", "insecure-skip-tls-verify": true } }],
    users: [{ name: "admin", user: { token: "none" } }],
    contexts: [{ name: cluster, context: { cluster, user: "admin" } }],
    "current-context": cluster,
  });

const outputsOf = (cluster: string) => ({
  name: cluster,
  apiEndpoints: ["https://127.0.0.1:1"],
  bootstrapServers: [`${cluster}.invalid:9092`],
  kafkaCa: "authority",
  certificates: { authority: "2036-11-23T00:00:00.000Z", kubeconfig: "2027-11-26T00:00:00.000Z" },
  kafkaClusterId: `id-of-${cluster}`,
  kafkaMaxMessageBytes: 4 << 20,
  kubernetesVersion: "1.36.3",
  hosts: Object.fromEntries(
    [1, 2, 3, 4, 5].map((n) => [`${cluster}-${n}`, { address: `10.0.0.${n}`, role: "worker", labels: {} }]),
  ),
});

describe("federation with the real engine and both clusters switched off", function () {
  this.timeout(900_000);
  let folder: string;
  let places: PulumiPlaces;

  before(async () => {
    folder = mkdtempSync(join(tmpdir(), "iotef-federation-"));
    const binDir = join(folder, "bin");
    mkdirSync(binDir);
    const { pulumi, pulumiKubernetes } = await supply("toolchain", () => undefined);
    await installToolchain({ binDir });
    places = labPlaces(folder, [binDir, dirname(pulumi!), dirname(pulumiKubernetes!)]);
    for (const part of ["index.ts", "stacks", "components", "core", "node_modules", "tsconfig.json", "package.json"]) {
      symlinkSync(join(repository, part), join(folder, part));
    }
    copyFileSync(join(repository, "Pulumi.yaml"), join(folder, "Pulumi.yaml"));
    for (const cluster of ["edge", "cloud"]) await bringCluster(cluster);
    place("edge");
  });
  after(() => rmSync(folder, { recursive: true, force: true }));

  /** A cluster stack that has its outputs from a program of a few lines. */
  async function bringCluster(cluster: string): Promise<void> {
    const projectDir = join(folder, `${cluster}-program`);
    mkdirSync(projectDir);
    symlinkSync(join(repository, "node_modules"), join(projectDir, "node_modules"));
    writeFileSync(
      join(projectDir, "Pulumi.yaml"),
      "name: iotef\nruntime: { name: nodejs, options: { typescript: false } }\n",
    );
    const secrets = { kubeconfig: kubeconfig(cluster), kafkaAdmin: { username: "admin", password: "hush" } };
    writeFileSync(
      join(projectDir, "index.js"),
      `const { secret } = require("@pulumi/pulumi");
module.exports = ${JSON.stringify(outputsOf(cluster))};
for (const [name, value] of Object.entries(${JSON.stringify(secrets)})) module.exports[name] = secret(value);`,
    );
    await runPulumi(cluster, ["up", "--yes", "--skip-preview"], { places: { ...places, projectDir }, capture: true });
  }

  function place(compress: string): void {
    const text = readFileSync(join(repository, "Pulumi.federation.yaml"), "utf8")
      .replace(/^ {4}compress: \w+$/m, `    compress: ${compress}`)
      .replace(/^ {2}iotef:images: .*$/m, "");
    writeFileSync(join(folder, "Pulumi.federation.yaml"), text);
  }

  const preview = (): Promise<PulumiResult> =>
    runPulumi("federation", ["preview", "--json"], { places, capture: true, allowFailure: true });

  it("previews the first `up`", async () => {
    const { exitCode, stdout, stderr } = await preview();
    assert.equal(exitCode, 0, stderr + stdout.slice(-3000));
    assertGolden("preview/create.txt", renderText(summarize("federation", parsePreview(stdout))));
    assert.ok(!stdout.includes("hush"), "a preview is public: it holds no password");
  });

  it("refuses a placement on an unknown cluster, with its config path", async () => {
    place("clod");
    const { exitCode, stdout } = await preview();
    assert.notEqual(exitCode, 0);
    assert.ok(
      stdout.includes('iotef:placement.compress: \\"clod\\" is not a cluster; use cloud or edge'),
      stdout.slice(-3000),
    );
    const { stdout: state } = await runPulumi("federation", ["stack", "export"], { places, capture: true });
    assert.equal((JSON.parse(state) as { deployment: { resources?: unknown[] } }).deployment.resources?.length ?? 0, 0);
  });
});
