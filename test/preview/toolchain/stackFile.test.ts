import assert from "node:assert/strict";
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryProgram } from "./temporaryProgram";

const CLI_LIMIT_MS = 300_000;

/** In the form in which the CLI writes YAML, so that its edits are one line. */
const STACK_FILE = `# A comment at the top.
config:
  probe:streams:
    frames: {cluster: edge, partitions: 5}
  # Moving a stage: one line.
  probe:placement:
    camera: edge
    compress: edge
`;

describe("stack files in the lab", function () {
  this.timeout(CLI_LIMIT_MS);
  let program: TemporaryProgram;
  const file = () => join(program.folder, "Pulumi.dev.yaml");

  before(async () => {
    program = await TemporaryProgram.create();
    writeFileSync(file(), STACK_FILE);
    program.write(`
      exports.placement = new pulumi.Config("probe").requireObject("placement");
      exports.secret = pulumi.secret("hidden-in-state");`);
  });
  after(() => program?.remove());

  it("stay as they are committed through preview, up, refresh and output", async () => {
    await program.run("preview");
    await program.up();
    await program.run("refresh", "--yes");
    assert.deepEqual(await program.outputs(), {
      placement: { camera: "edge", compress: "edge" },
      secret: "hidden-in-state",
    });
    assert.equal(readFileSync(file(), "utf8"), STACK_FILE);
    assert.ok(!(await program.state()).text.includes("hidden-in-state"));
  });

  it("leave states that a killed CLI cannot leave half: written beside and renamed, and no files of attributes", async () => {
    await program.up();
    const files = readdirSync(program.places.backendDir, { recursive: true, encoding: "utf8" });
    assert.ok(
      files.some((name) => name.endsWith("dev.json")),
      files.join(" "),
    );
    assert.deepEqual(
      files.filter((name) => name.endsWith(".attrs")),
      [],
    );
  });

  it("are edited by config set, one line and comments kept, and the next run follows", async () => {
    await program.run("config", "set", "--path", "probe:placement.compress", "cloud");
    assert.equal(readFileSync(file(), "utf8"), STACK_FILE.replace("compress: edge", "compress: cloud"));
    await program.up();
    assert.deepEqual((await program.outputs()).placement, { camera: "edge", compress: "cloud" });
  });

  it("outlive the stack, which can then be made again", async () => {
    await program.run("destroy", "--yes", "--skip-preview");
    await program.run("stack", "rm", "--yes");
    assert.match(readFileSync(file(), "utf8"), /^# A comment/);
    await program.up();
    assert.equal((await program.outputs()).secret, "hidden-in-state");
  });
});
