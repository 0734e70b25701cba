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
import { produceRequest } from "../../workloads/stage/kafka/produce";

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

describe("a produce answer", () => {
  it("is read with each partition's error, its reasons and the new leader passed over", async () => {
    const { response } = produceRequest("t.0", { producerId: 1n, producerEpoch: 1 }, []);
    const offsets = Buffer.alloc(24, 0xff);
    const refused = [
      ...[0, 0, 0, 4, 0, 6, ...offsets], // partition 4, error 6
      ...[2, 0, 0, 0, 0, 3, 97, 98, 0], // record 0, "ab"
      ...[4, 97, 98, 99], // "abc"
      ...[1, 0, 9, 0, 0, 0, 2, 0, 0, 0, 1, 0], // tag 0: the leader and its epoch
    ];
    const taken = [0, 0, 0, 1, 0, 0, ...offsets, 1, 0, 0];
    const answer = Buffer.from([0, 2, 4, 111, 117, 116, 3, ...refused, ...taken, 0, 0, 0, 0, 5, 0]);
    assert.deepEqual(await response.decode(answer), {
      results: [
        { topic: "out", partition: 4, errorCode: 6 },
        { topic: "out", partition: 1, errorCode: 0 },
      ],
      clientSideThrottleTime: 5,
    });
  });
});
