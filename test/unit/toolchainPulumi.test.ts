import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readlinkSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { labPlaces, linkPlugins, pulumiEnvironment } from "../../lab/toolchain";
import { copyStackConfig, createStack, stackArguments } from "../../lab/toolchain/stackFiles";

describe("running Pulumi in the lab", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "iotef-pulumi-"));
    writeFileSync(join(folder, "Pulumi.yaml"), "name: iotef\nruntime: nodejs\n");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  for (const [args, expected] of [
    [
      ["up", "--yes", "--", "x"],
      ["up", "--stack", "edge", "--config-file", "/copy", "--yes", "--", "x"],
    ],
    [
      ["preview", "--config-file", "/own"],
      ["preview", "--stack", "edge", "--config-file", "/own"],
    ],
    [
      ["config", "set", "--path", "a.b", "c"],
      ["config", "set", "--path", "a.b", "c", "--stack", "edge"],
    ],
    [
      ["stack", "rm", "--yes"],
      ["stack", "rm", "--yes", "--stack", "edge", "--preserve-config"],
    ],
    [
      ["stack", "output"],
      ["stack", "output", "--stack", "edge"],
    ],
    [
      ["plugin", "ls"],
      ["plugin", "ls"],
    ],
    [
      ["--non-interactive", "destroy"],
      ["--non-interactive", "destroy", "--stack", "edge", "--config-file", "/copy"],
    ],
  ] as const) {
    it(`stackArguments completes pulumi ${args.join(" ")}`, () => {
      assert.deepEqual(stackArguments("edge", args, "/copy"), expected);
    });
  }

  it("copyStackConfig leaves the committed file alone and follows its changes", () => {
    const places = labPlaces(folder, []);
    const committed = join(folder, "Pulumi.edge.yaml");
    writeFileSync(committed, "# why\nconfig:\n  iotef:name: edge\n");
    const copy = copyStackConfig("edge", places);
    writeFileSync(copy, `${readFileSync(copy, "utf8")}encryptionsalt: v1:x\n`);
    writeFileSync(committed, "config:\n  iotef:name: edge2\n");
    assert.match(
      readFileSync(copyStackConfig("edge", places), "utf8"),
      /^# Copy of .*\nconfig:\n {2}iotef:name: edge2\n$/,
    );
    assert.equal(readFileSync(committed, "utf8"), "config:\n  iotef:name: edge2\n");
  });

  it("createStack makes a missing stack in a folder of its own, once", async () => {
    const places = labPlaces(folder, []);
    const calls: [readonly string[], string][] = [];
    const run = async (args: readonly string[], cwd: string): Promise<void> => void calls.push([args, cwd]);
    await createStack("edge", places, run);
    assert.deepEqual(calls, [[["stack", "init", "edge", "--no-select"], join(places.configDir, "init")]]);
    assert.match(readFileSync(join(places.configDir, "init/Pulumi.yaml"), "utf8"), /^name: iotef$/m);
    mkdirSync(join(places.backendDir, ".pulumi/stacks/iotef"), { recursive: true });
    writeFileSync(join(places.backendDir, ".pulumi/stacks/iotef/edge.json"), "{}");
    await createStack("edge", places, run);
    assert.equal(calls.length, 1);
  });

  it("pulumiEnvironment takes nothing of the user's Pulumi", () => {
    process.env.PULUMI_ACCESS_TOKEN = "token";
    const env = pulumiEnvironment(labPlaces(folder, ["/tools"]));
    delete process.env.PULUMI_ACCESS_TOKEN;
    assert.equal(env.PULUMI_ACCESS_TOKEN, undefined);
    assert.equal(env.PULUMI_BACKEND_URL, `file://${folder}/.lab/pulumi?metadata=skip`);
    assert.ok(env.PATH?.startsWith("/tools:"));
  });

  it("linkPlugins names the versions of the npm packages and keeps a real plugin", () => {
    const bin = join(folder, "bin");
    const home = join(folder, "home");
    mkdirSync(bin);
    for (const name of ["pulumi", "pulumi-resource-command", "pulumi-resource-nothing", "pulumi-language-nodejs"])
      writeFileSync(join(bin, name), "");
    linkPlugins({ home, binDirs: [bin, join(folder, "absent")] });
    linkPlugins({ home, binDirs: [bin] });
    assert.equal(
      readlinkSync(join(home, "plugins/resource-command-v1.2.1/pulumi-resource-command")),
      join(bin, "pulumi-resource-command"),
    );
    assert.ok(existsSync(join(home, "plugins/language-nodejs-v3.270.0/pulumi-language-nodejs")));
    const real = join(home, "plugins/resource-command-v1.2.1/pulumi-resource-command");
    rmSync(real);
    writeFileSync(real, "official");
    linkPlugins({ home, binDirs: [bin] });
    assert.equal(readFileSync(real, "utf8"), "official");
  });
});
