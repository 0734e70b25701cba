import assert from "node:assert/strict";
import { TemporaryProgram } from "./temporaryProgram";

const CLI_LIMIT_MS = 300_000;

describe("random resources of the toolchain", function () {
  this.timeout(CLI_LIMIT_MS);
  let program: TemporaryProgram;

  before(async () => {
    program = await TemporaryProgram.create();
  });
  after(() => program?.remove());

  const declare = (keepers: string) =>
    program.write(`
      const options = { keepers: ${keepers} };
      const password = new random.RandomPassword("password", { ...options, length: 20, special: false });
      const bytes = new random.RandomBytes("bytes", { length: 16 });
      const id = new random.RandomId("id", { ...options, byteLength: 8, prefix: "p-" });
      const uuid = new random.RandomUuid("uuid");
      const number = new random.RandomInteger("number", { min: 3, max: 5 });
      Object.assign(exports, { password: password.result, bytes: bytes.hex, id: id.hex, uuid: uuid.result, number: number.result });`);

  it("makes values of the asked shape, secret ones encrypted in the state", async () => {
    declare(`{ host: "a" }`);
    await program.up();
    const { password, bytes, id, uuid, number } = (await program.outputs()) as Record<string, string>;
    assert.match(password ?? "", /^[a-zA-Z0-9]{20}$/);
    assert.match(bytes ?? "", /^[0-9a-f]{32}$/);
    assert.match(id ?? "", /^p-[0-9a-f]{16}$/);
    assert.match(uuid ?? "", /^[0-9a-f-]{36}$/);
    assert.ok([3, 4, 5].includes(Number(number)));
    const { text } = await program.state();
    assert.ok(!text.includes(password ?? "") && !text.includes(bytes ?? ""));
  });

  it("keeps its values until a keeper changes, then replaces those that have it", async () => {
    const before = await program.outputs();
    await program.up("--expect-no-changes");
    declare(`{ host: "b" }`);
    const steps = await program.preview();
    assert.deepEqual(
      Object.entries(steps)
        .map(([name, [step]]) => [name, step?.op])
        .sort(),
      [
        ["id", "replace"],
        ["password", "replace"],
      ],
    );
    await program.up();
    const after = await program.outputs();
    assert.notEqual(after.password, before.password);
    assert.notEqual(after.id, before.id);
    assert.deepEqual([after.bytes, after.uuid, after.number], [before.bytes, before.uuid, before.number]);
  });

  it("stays as it is in a refresh", async () => {
    await program.run("refresh", "--yes", "--expect-no-changes");
  });

  it("names the input that cannot be met", async () => {
    program.write(`new random.RandomPassword("password", { length: 3, minLower: 4 });`);
    const { stdout, stderr } = await program.fail("preview");
    assert.match(stdout + stderr, /expected length to be at least the sum of minLower/);
  });
});
