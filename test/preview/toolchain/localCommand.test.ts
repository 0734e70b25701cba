import assert from "node:assert/strict";
import { existsSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { TemporaryProgram } from "./temporaryProgram";

const CLI_LIMIT_MS = 300_000;

describe("command:local:Command of the toolchain", function () {
  this.timeout(CLI_LIMIT_MS);
  let program: TemporaryProgram;
  const file = (name: string) => join(program.folder, name);
  const read = (name: string) => readFileSync(file(name), "utf8");

  before(async () => {
    program = await TemporaryProgram.create();
  });
  after(() => program?.remove());

  const declare = (inputs: string) =>
    program.write(`
      const c = new command.local.Command("c", { ${inputs} });
      const next = new command.local.Command("next", { create: pulumi.interpolate\`echo after \${c.stdout}\` });
      exports.stdout = c.stdout; exports.stderr = c.stderr; exports.next = next.stdout;`);

  it("plans a create with unknown outputs and runs nothing", async () => {
    declare(`create: "echo made >> made; echo out; echo err >&2", delete: "echo gone >> gone"`);
    const { c } = await program.preview();
    assert.equal(c?.[0]?.op, "create");
    assert.equal(existsSync(file("made")), false);
  });

  it("runs create once, keeps stdout and stderr without the last newline", async () => {
    await program.up();
    assert.deepEqual(await program.outputs(), { stdout: "out", stderr: "err", next: "after out" });
    assert.match((await program.state()).resources.c?.id ?? "", /^c[0-9a-f]{8}$/);
    await program.up("--expect-no-changes");
    assert.equal(read("made"), "made\n");
  });

  it("updates on a changed input, shows the path, and hands over the last output", async () => {
    declare(`create: "echo made >> made; echo out; echo err >&2", delete: "echo gone >> gone",
      update: "echo \\"was $PULUMI_COMMAND_STDOUT/$PULUMI_COMMAND_STDERR\\"", environment: { A: "1" }`);
    const { c } = await program.preview();
    assert.equal(c?.[0]?.op, "update");
    assert.deepEqual(Object.keys(c?.[0]?.detailedDiff ?? {}).sort(), ["environment", "update"]);
    await program.up();
    assert.equal((await program.outputs()).stdout, "was out/err");
    assert.equal(existsSync(file("gone")), false);
  });

  it("runs create again where there is no update, and leaves the last output out if told", async () => {
    declare(`create: "cat; echo \\"[$PULUMI_COMMAND_STDOUT]\\"", stdin: "from stdin ", addPreviousOutputInEnv: false,
      delete: "echo gone >> gone"`);
    await program.up();
    assert.equal((await program.outputs()).stdout, "from stdin []");
  });

  it("replaces when the content of triggers changes, and only then", async () => {
    const inputs = `create: "echo new", delete: "echo \\"gone $PULUMI_COMMAND_STDOUT\\" >> gone"`;
    declare(`${inputs}, triggers: [1, { deep: ["a"] }]`);
    await program.up();
    await program.up("--expect-no-changes");
    declare(`${inputs}, triggers: [1, { deep: ["b"] }]`);
    const { c } = await program.preview();
    assert.deepEqual(
      c?.map(({ op }) => op),
      ["replace"],
    );
    assert.equal(c?.[0]?.detailedDiff?.["triggers[1].deep[0]"]?.kind, "update-replace");
    await program.up();
    assert.match(read("gone"), /gone new\n$/);
  });

  it("fails with exit code, command and output, also with logging none", async () => {
    declare(`create: "echo new", delete: "true", update: "echo told; echo why >&2; exit 7", logging: "none",
      triggers: [1, { deep: ["b"] }]`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(stdout, /exit status 7: running "echo told; echo why >&2; exit 7":\s+told\s+why/);
  });

  it("shows output while it runs, or not, as logging says", async () => {
    for (const [logging, shown] of [
      ["none", []],
      ["stdout", ["seen"]],
      ["stderr", ["warned"]],
    ] as const) {
      declare(`create: "echo se''en; echo war''ned >&2", logging: "${logging}"`);
      const { stdout } = await program.up();
      assert.deepEqual(
        ["seen", "warned"].filter((word) => new RegExp(`command c .*[;)] ${word}`, "i").test(stdout)),
        shown,
        stdout,
      );
    }
  });

  it("returns files as assets and an archive", async () => {
    writeFileSync(file("a.txt"), "a");
    program.write(`
      const c = new command.local.Command("c", { create: "true", assetPaths: ["*.txt", "!b*"], archivePaths: ["a.txt"] });
      exports.paths = c.assets.apply((assets) => Object.keys(assets));
      exports.hasArchive = c.archive.apply((archive) => archive !== undefined);
      exports.ran = command.local.runOutput({ command: "echo ran", stdin: "x" }).stdout;`);
    await program.up();
    assert.deepEqual(await program.outputs(), { paths: ["a.txt"], hasArchive: true, ran: "ran" });
  });

  it("runs delete on destroy and leaves nothing", async () => {
    declare(`create: "true", delete: "echo destroyed >> gone"`);
    await program.up();
    await program.run("destroy", "--yes", "--skip-preview");
    assert.match(read("gone"), /destroyed\n$/);
    assert.deepEqual((await program.state()).resources, {});
  });
});
