import assert from "node:assert/strict";
import fc from "fast-check";
import {
  AnswerReader,
  flexibleRequest,
  sizeOfLength,
  sizeOfString,
  writeLength,
  writeString,
} from "../../workloads/stage/kafka/flexible";

describe("the flexible format", () => {
  it("reads strings and lengths as they were written, in as many bytes as counted", () => {
    fc.assert(
      fc.property(fc.string({ unit: "binary", maxLength: 400 }), fc.nat(2 ** 31 - 2), (text, length) => {
        const bytes = Buffer.alloc(sizeOfString(text) + sizeOfLength(length));
        assert.equal(writeLength(bytes, writeString(bytes, 0, text), length), bytes.length);
        const reader = new AnswerReader(bytes);
        assert.equal(reader.string(), text);
        assert.equal(reader.length(), length);
      }),
    );
  });

  it("knows null from empty", () => {
    const reader = new AnswerReader(Buffer.from([0, 1, 0, 1]));
    assert.equal(reader.string(), null);
    assert.equal(reader.string(), "");
    const none = () => assert.fail("there is no element");
    assert.deepEqual([reader.array(none), reader.array(none)], [[], []]);
  });

  it("skips tagged fields, those of the header too", async () => {
    const tags = [2, 0, 1, 99, 5, 2, 98, 97]; // field 0 of one byte, field 5 of two
    const { response } = flexibleRequest({ key: 3, version: 12, name: "Metadata" }, Buffer.alloc(1), (answer) => {
      const first = answer.int32();
      answer.skipTags();
      return [first, answer.int16(), answer.int64(), answer.uuid()];
    });
    const answer = [...tags, 0, 0, 0, 7, ...tags, 0, 8, 0, 0, 0, 0, 0, 0, 0, 9, ...Buffer.alloc(16, 0xab)];
    assert.deepEqual(await response.decode(Buffer.from(answer)), [7, 8, 9n, "ab".repeat(16)]);
  });
});
