import { randomBytes, randomInt, randomUUID } from "node:crypto";
import { hashSync } from "bcryptjs";
import type { Fields } from "../provider/values";
import { ALPHABET_INPUTS, type Alphabet, drawString, mirrorNumeric, validateAlphabet } from "./drawString";
import { randomKind } from "./randomKind";

/** bcrypt reads no more than this many bytes, and its cost is that of terraform-provider-random. */
const BCRYPT_BYTES = 72;
const BCRYPT_COST = 10;

const LONGEST_INTEGER_RANGE = 2 ** 48;

export const randomPassword = randomKind({
  inputs: ALPHABET_INPUTS,
  outputs: { result: "secret", bcryptHash: "secret" },
  validate: validateAlphabet,
  normalise: mirrorNumeric,
  generate: (inputs) => ({ id: "none", values: passwordValues(drawString(inputs as unknown as Alphabet)) }),
  parse: (id) => ({ inputs: { length: id.length }, values: passwordValues(id) }),
});

export const randomString = randomKind({
  inputs: ALPHABET_INPUTS,
  outputs: { result: "plain" },
  validate: validateAlphabet,
  normalise: mirrorNumeric,
  generate(inputs) {
    const result = drawString(inputs as unknown as Alphabet);
    return { id: result, values: { result } };
  },
  parse: (id) => ({ inputs: { length: id.length }, values: { result: id } }),
});

export const randomId = randomKind({
  inputs: { keepers: null, byteLength: undefined, prefix: null },
  outputs: { b64Std: "plain", b64Url: "plain", dec: "plain", hex: "plain" },
  validate: atLeastOne("byteLength"),
  generate: (inputs) => idValues(randomBytes(inputs.byteLength as number), String(inputs.prefix ?? "")),
  parse(id) {
    const [encoded, prefix] = id.split(",").reverse() as [string, string | undefined];
    const bytes = Buffer.from(encoded, "base64url");
    const inputs: Fields = { byteLength: bytes.length, ...(prefix === undefined ? {} : { prefix }) };
    return { inputs, values: idValues(bytes, prefix ?? "").values };
  },
});

export const randomBytesKind = randomKind({
  inputs: { keepers: null, length: undefined },
  outputs: { base64: "secret", hex: "secret" },
  validate: atLeastOne("length"),
  generate: (inputs) => ({ id: "none", values: byteValues(randomBytes(inputs.length as number)) }),
  parse(id) {
    const bytes = Buffer.from(id, "base64");
    return { inputs: { length: bytes.length }, values: byteValues(bytes) };
  },
});

export const randomUuid = randomKind({
  inputs: { keepers: null },
  outputs: { result: "plain" },
  generate() {
    const result = randomUUID();
    return { id: result, values: { result } };
  },
  parse: (id) => ({ inputs: {}, values: { result: id } }),
});

export const randomInteger = randomKind({
  inputs: { keepers: null, min: undefined, max: undefined, seed: null },
  outputs: { result: "plain" },
  validate({ min: least, max: most, seed }) {
    const problems: [string, string][] = [];
    const [min, max] = [Number(least), Number(most)];
    if (max < min) {
      problems.push(["min", `minimum value needs to be smaller than or equal to maximum value, got ${min} and ${max}`]);
    } else if (max - min >= LONGEST_INTEGER_RANGE) {
      problems.push(["max", `the lab's stand-in draws from less than 2^48 numbers, got ${min} to ${max}`]);
    }
    if (seed)
      problems.push(["seed", "the lab's stand-in cannot repeat the official plugin's seeded numbers; leave seed out"]);
    return problems;
  },
  generate({ min, max }) {
    const result = randomInt(min as number, (max as number) + 1);
    return { id: String(result), values: { result } };
  },
  parse(id) {
    const [result, min, max] = id.split(",").map(Number) as [number, number, number];
    return { inputs: { min, max }, values: { result } };
  },
});

function passwordValues(result: string): Fields {
  const bytes = Buffer.from(result).subarray(0, BCRYPT_BYTES);
  return { result, bcryptHash: hashSync(bytes.toString(), BCRYPT_COST).replace("$2b$", "$2a$") };
}

function idValues(bytes: Buffer, prefix: string): { id: string; values: Fields } {
  const id = bytes.toString("base64url");
  return {
    id,
    values: {
      b64Std: prefix + bytes.toString("base64"),
      b64Url: prefix + id,
      dec: prefix + BigInt(`0x${bytes.toString("hex")}`).toString(),
      hex: prefix + bytes.toString("hex"),
    },
  };
}

function byteValues(bytes: Buffer): Fields {
  return { base64: bytes.toString("base64"), hex: bytes.toString("hex") };
}

function atLeastOne(property: string): (inputs: Fields) => [string, string][] {
  return (inputs) =>
    (inputs[property] as number) >= 1
      ? []
      : [[property, `expected ${property} to be at least 1, got ${String(inputs[property])}`]];
}
