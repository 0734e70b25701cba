import assert from "node:assert/strict";
import { compareSync } from "bcryptjs";
import fc from "fast-check";
import { drawString } from "../../lab/toolchain/random/drawString";
import {
  randomBytesKind,
  randomId,
  randomInteger,
  randomPassword,
  randomString,
} from "../../lab/toolchain/random/kinds";
import type { OperationContext, ResourceKind } from "../../lab/toolchain/provider/provider";
import { reveal, Secret, UNKNOWN, type Fields } from "../../lab/toolchain/provider/values";

const context = {} as OperationContext;

async function make(kind: ResourceKind, inputs: Fields, preview = false): Promise<{ id: string; outputs: Fields }> {
  const { failures } = kind.check(inputs);
  assert.deepEqual(failures, []);
  return kind.create({ name: "r", inputs, preview }, context);
}

describe("random stand-in of the toolchain", () => {
  it("drawString keeps length, least counts and alphabet", () => {
    const counts = fc.record({
      minLower: fc.nat(5),
      minUpper: fc.nat(5),
      minNumeric: fc.nat(5),
      minSpecial: fc.nat(5),
    });
    fc.assert(
      fc.property(counts, fc.integer({ min: 20, max: 40 }), (least, length) => {
        const drawn = drawString({
          ...least,
          length,
          lower: true,
          upper: true,
          numeric: true,
          special: true,
          overrideSpecial: "_",
        });
        assert.equal(drawn.length, length);
        assert.match(drawn, /^[a-zA-Z0-9_]*$/);
        for (const [pattern, count] of [
          [/[a-z]/g, least.minLower],
          [/[A-Z]/g, least.minUpper],
          [/[0-9]/g, least.minNumeric],
          [/_/g, least.minSpecial],
        ] as const) {
          assert.ok((drawn.match(pattern)?.length ?? 0) >= count);
        }
      }),
    );
  });

  it("RandomPassword makes secrets whose hash fits", async () => {
    const { outputs } = await make(randomPassword, { length: 16, special: false });
    assert.ok(outputs.result instanceof Secret && outputs.bcryptHash instanceof Secret);
    const { result, bcryptHash, ...rest } = reveal(outputs) as Record<string, string>;
    assert.match(result ?? "", /^[a-zA-Z0-9]{16}$/);
    assert.ok(compareSync(result ?? "", bcryptHash ?? ""));
    assert.deepEqual(rest, {
      length: 16,
      lower: true,
      upper: true,
      numeric: true,
      number: true,
      special: false,
      minLower: 0,
      minUpper: 0,
      minNumeric: 0,
      minSpecial: 0,
    });
  });

  it("a preview knows the inputs and no result", async () => {
    const { id, outputs } = await make(randomString, { length: 4 }, true);
    assert.deepEqual([id, outputs.result, outputs.length], ["", UNKNOWN, 4]);
  });

  it("RandomId gives all forms of one value, with the prefix before each", async () => {
    const { id, outputs } = await make(randomId, { byteLength: 4, prefix: "p-" });
    const hex = String(outputs.hex).slice(2);
    const bytes = Buffer.from(hex, "hex");
    assert.equal(bytes.length, 4);
    assert.deepEqual(
      [id, outputs.b64Url, outputs.b64Std, outputs.dec],
      [
        bytes.toString("base64url"),
        `p-${bytes.toString("base64url")}`,
        `p-${bytes.toString("base64")}`,
        `p-${bytes.readUInt32BE()}`,
      ],
    );
  });

  it("RandomBytes and RandomInteger stay within what was asked for", async () => {
    const bytes = reveal((await make(randomBytesKind, { length: 3 })).outputs) as Record<string, string>;
    assert.equal(Buffer.from(bytes.base64 ?? "", "base64").toString("hex"), bytes.hex);
    const { outputs } = await make(randomInteger, { min: -2, max: -2 });
    assert.equal(outputs.result, -2);
  });

  it("any changed input asks for a replacement; a default that is written out does not", async () => {
    const { outputs } = await make(randomPassword, { length: 8, keepers: { a: "1" } });
    const diff = (news: Fields) => randomPassword.diff(outputs, news).changes;
    assert.deepEqual(diff({ length: 8, keepers: { a: "1" }, special: true, number: true }), {});
    assert.deepEqual(diff({ length: 9, keepers: { a: "1" } }), { length: { kind: "update", replace: true } });
    assert.deepEqual(diff({ length: 8, keepers: { a: "2" } }), { keepers: { kind: "update", replace: true } });
    assert.deepEqual(diff({ length: 8 }), { keepers: { kind: "delete", replace: true } });
  });

  it("check names the input that cannot be met", () => {
    const properties = (kind: ResourceKind, inputs: Fields) =>
      kind.check(inputs).failures.map(({ property }) => property);
    assert.deepEqual(properties(randomPassword, {}), ["length"]);
    assert.deepEqual(properties(randomPassword, { length: 3, minLower: 4 }), ["length"]);
    assert.deepEqual(
      properties(randomPassword, { length: 3, lower: false, upper: false, numeric: false, special: false }),
      ["lower"],
    );
    assert.deepEqual(properties(randomInteger, { min: 2, max: 1 }), ["min"]);
  });

  it("read takes over a value that was made elsewhere", () => {
    const found = randomId.read?.({ id: "p-,AQID", inputs: {}, state: {} });
    assert.deepEqual(found?.inputs, { byteLength: 3, prefix: "p-" });
    assert.equal(found?.outputs.hex, "p-010203");
  });
});
