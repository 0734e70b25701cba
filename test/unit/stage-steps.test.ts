import assert from "node:assert/strict";
import { headers } from "../../core/contract/headers";
import { writeBatch, readBatches, sizeOfBatch, type WireRecord } from "../../workloads/stage/kafka/recordBatch";
import type { OutputRecord } from "../../workloads/stage/processor";
import { deviceStep, processRecord } from "../../workloads/stage/steps";
import { processorContext } from "../support/processorContext";

const maker = { name: { pipeline: "iotef", stage: "test", process: "test" }, maxMessageBytes: 1 << 20 };
const coordinates = { clusterId: "abc", topic: "frames", partition: 2, offset: 41n };
const source = { key: null, value: Buffer.from("source"), headers: {}, timestamp: 1, coordinates };

/** Modules are not all TypeScript. */
const step = (outputs: unknown) =>
  processRecord(source, 42n, { process: () => outputs as OutputRecord[] }, processorContext({}).context, maker);

/** As a reader finds it. */
function stored(record: WireRecord) {
  const bytes = Buffer.alloc(sizeOfBatch([record]));
  writeBatch(bytes, 0, [record], { producerId: 1n, producerEpoch: 0 });
  return readBatches(bytes)[0]!.records[0]!;
}

const reasonOf = ({ deadLetters }: { deadLetters: readonly WireRecord[] }) =>
  String(stored(deadLetters[0]!).headers[headers.reason]);

describe("processRecord", () => {
  it("writes strings in UTF-8, and bytes of any kind", async () => {
    const { outputs, bytes } = await step([
      { key: "ключ", value: "größer", headers: { n: "ä", b: new Uint8Array([1, 2]) } },
      { key: null, value: new Uint8Array([7, 8, 9]).subarray(1) },
      { value: null },
    ]);
    const [text, view, nothing] = outputs.map(stored);
    assert.deepEqual([String(text!.key), String(text!.value), String(text!.headers["n"])], ["ключ", "größer", "ä"]);
    assert.deepEqual(text!.headers["b"], Buffer.from([1, 2]));
    assert.deepEqual([view!.key, view!.value], [null, Buffer.from([8, 9])]);
    assert.equal(nothing!.value, null);
    assert.ok(bytes > 0);
  });

  for (const [what, outputs, reason] of [
    ["a value that is a number", [{ value: 5 }], "output 0: its value is of type number; give it a string or a Buffer"],
    ["no value", [{ value: "x" }, {}], "output 1: its value is of type undefined; give it a string or a Buffer"],
    ["a value that is an object", [{ value: { a: 1 } }], /its value is of type Object;/],
    ["a value of wider elements", [{ value: new Uint16Array(2) }], /its value is of type Uint16Array;/],
    ["a key that is a number", [{ key: 5, value: "x" }], /output 0: its key is of type number;/],
    [
      "a header that is a number",
      [{ value: "x", headers: { width: 640 } }],
      /output 0: its header width is of type number;/,
    ],
    [
      "a header that is null",
      [{ value: "x", headers: { width: null } }],
      /output 0: its header width is of type null;/,
    ],
    ["outputs that are no list", { value: "x" }, "the outputs are of type Object; return an array"],
    ["outputs that are a string", "x", /the outputs are of type string;/],
    ["no outputs", undefined, /the outputs are of type undefined;/],
  ] as const) {
    it(`makes a dead letter of a record with ${what}`, async () => {
      const made = await step(outputs);
      assert.deepEqual(made.outputs, []);
      assert.equal(made.deadLetters.length, 1);
      if (typeof reason === "string") assert.equal(reasonOf(made), reason);
      else assert.match(reasonOf(made), reason);
      assert.equal(String(stored(made.deadLetters[0]!).value), "source");
      assert.ok(made.bytes > 0 && made.next === 42n);
    });
  }
});

describe("deviceStep", () => {
  const record = (outputs: unknown) =>
    deviceStep({ position: 41n, outputs: outputs as OutputRecord[] }, coordinates, maker);

  it("counts the bytes of strings", () => {
    const { outputs, bytesIn } = record([{ value: "größer" }]);
    assert.equal(String(stored(outputs[0]!).value), "größer");
    assert.equal(bytesIn, 8);
  });

  it("makes a dead letter of outputs of a wrong type, and the lane goes on behind them", () => {
    for (const [outputs, reason] of [
      [[{ value: 5 }], /its value is of type number/],
      [{ value: "x" }, /return an array/],
    ] as const) {
      const made = record(outputs);
      assert.match(reasonOf(made), reason);
      assert.deepEqual([made.outputs, made.next, made.recordsIn], [[], 42n, 1]);
    }
  });
});
