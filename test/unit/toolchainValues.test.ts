import assert from "node:assert/strict";
import { diffFields, sameContent, sameValue } from "../../lab/toolchain/provider/diff";
import {
  ASSET,
  decodeFields,
  encodeFields,
  hasUnknown,
  reveal,
  Secret,
  SIGNATURE,
  UNKNOWN,
} from "../../lab/toolchain/provider/values";

const SECRET_WIRE = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270" };
const UNKNOWN_WIRE = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

describe("property values of the toolchain", () => {
  it("decodeFields and encodeFields keep secrets and unknowns", () => {
    const wire = {
      a: { ...SECRET_WIRE, value: "x" },
      b: [UNKNOWN_WIRE, 1, true, null],
      c: { d: { ...SECRET_WIRE, value: { e: 1 } } },
    };
    const fields = decodeFields(wire);
    assert.ok(fields.a instanceof Secret);
    assert.equal(hasUnknown(fields.b), true);
    assert.deepEqual(encodeFields(fields), wire);
    assert.deepEqual(reveal(fields), { a: "x", b: [UNKNOWN, 1, true, null], c: { d: { e: 1 } } });
  });

  it("sameValue tells a secret from plain text, sameContent does not", () => {
    assert.equal(sameValue(new Secret("x"), "x"), false);
    assert.equal(sameContent(new Secret("x"), "x"), true);
    assert.equal(sameValue({ a: null }, {}), true);
    assert.equal(sameValue(UNKNOWN, "x"), false);
  });

  it("sameValue compares assets by content", () => {
    const asset = (hash: string, path: string) => ({ [SIGNATURE]: ASSET, hash, path });
    assert.equal(sameValue(asset("1", "a"), asset("1", "b")), true);
    assert.equal(sameValue(asset("1", "a"), asset("2", "a")), false);
  });

  for (const [what, olds, news, expected] of [
    ["nothing", { a: 1 }, { a: 1 }, {}],
    ["an added list item", { triggers: [1] }, { triggers: [1, 2] }, { "triggers[1]": { kind: "add", replace: true } }],
    [
      "a map entry",
      { environment: { A: "1" } },
      { environment: { A: "2" } },
      { "environment.A": { kind: "update", replace: false } },
    ],
    [
      "a key with a dot",
      { environment: { "a.b": "1" } },
      { environment: {} },
      { 'environment["a.b"]': { kind: "delete", replace: false } },
    ],
    [
      "a secret as a whole",
      { c: new Secret({ a: 1 }) },
      { c: new Secret({ a: 2 }) },
      { c: { kind: "update", replace: false } },
    ],
    ["an unknown", { create: "x" }, { create: UNKNOWN }, { create: { kind: "update", replace: false } }],
  ] as const) {
    it(`diffFields names ${what}`, () => {
      assert.deepEqual(diffFields(structuredCopy(olds), structuredCopy(news), ["triggers"]), expected);
    });
  }
});

function structuredCopy<T>(value: T): never {
  return value as never;
}
