import assert from "node:assert/strict";
import fc from "fast-check";
import { formatCoordinates, headers, parseCoordinates } from "../../core/contract/headers";
import { originTime, toDeadLetter, toWireRecords, type Origin } from "../../workloads/stage/outputs";

const name = { pipeline: "iotef", stage: "compress", process: "jpeg" };
const origin: Origin = {
  coordinates: { clusterId: "abc", topic: "frames", partition: 2, offset: 41n },
  key: Buffer.from("camera-1"),
  timestamp: Date.parse("2026-11-25T10:00:00.500Z"),
  headers: {
    [headers.traceparent]: Buffer.from("00-1-2-01"),
    [headers.contentType]: Buffer.from("image/png"),
    other: Buffer.from("x"),
  },
};
const texts = (record: { headers: readonly (readonly [string, Buffer])[] }) =>
  Object.fromEntries(record.headers.map(([key, value]) => [key, value.toString()]));

describe("coordinates", () => {
  it("are read as they were written", () => {
    const part = fc.stringMatching(/^[A-Za-z0-9._-]{1,20}$/);
    fc.assert(
      fc.property(
        part,
        part,
        fc.nat(),
        fc.bigInt({ min: 0n, max: 2n ** 63n - 1n }),
        (clusterId, topic, partition, offset) => {
          const coordinates = { clusterId, topic, partition, offset };
          assert.deepEqual(parseCoordinates(formatCoordinates(coordinates)), coordinates);
        },
      ),
    );
  });

  it("that are none are refused", () => {
    for (const text of ["", "a/b/c/1", "a/b/1", "a/b/1/2/3", "a/b/1/-2"])
      assert.throws(() => parseCoordinates(text), /iotef-source/);
  });
});

describe("toWireRecords", () => {
  it("sets CloudEvents, coordinates and part, and passes on key, time and trace", () => {
    const [record] = toWireRecords(
      [{ value: Buffer.from("v"), contentType: "image/jpeg", type: "frame" }],
      origin,
      name,
    );
    assert.deepEqual(texts(record!), {
      ce_specversion: "1.0",
      ce_id: "abc/frames/2/41/0",
      ce_source: "/iotef/compress",
      ce_type: "frame",
      ce_time: "2026-11-25T10:00:00.500Z",
      "content-type": "image/jpeg",
      "iotef-source": "abc/frames/2/41",
      "iotef-part": "0/1",
      traceparent: "00-1-2-01",
    });
    assert.equal(record!.key!.toString(), "camera-1");
    assert.equal(record!.timestamp, origin.timestamp);
  });

  it("numbers the outputs of one record and gives each an id of its own", () => {
    const records = toWireRecords(
      [{ value: null }, { value: null, key: null }, { value: null, key: "k" }],
      origin,
      name,
    ).map((record): Record<string, string | undefined> => ({ ...texts(record), key: record.key?.toString() }));
    assert.deepEqual(
      records.map((record) => [record["iotef-part"], record["ce_id"], record.key]),
      [
        ["0/3", "abc/frames/2/41/0", "camera-1"],
        ["1/3", "abc/frames/2/41/1", undefined],
        ["2/3", "abc/frames/2/41/2", "k"],
      ],
    );
  });

  it("keeps the time at which the first stage's record came into being", () => {
    const later = { ...origin, headers: { [headers.time]: Buffer.from("2026-11-25T09:59:59.000Z") } };
    assert.equal(texts(toWireRecords([{ value: null }], later, name)[0]!)[headers.time], "2026-11-25T09:59:59.000Z");
    assert.equal(originTime(later), Date.parse("2026-11-25T09:59:59.000Z"));
    assert.equal(originTime(origin), origin.timestamp);
  });

  it("does not let a processor forge what the runtime sets", () => {
    const [record] = toWireRecords(
      [{ value: null, headers: { [headers.coordinates]: "x/y/0/0", mine: "1" } }],
      origin,
      name,
    );
    assert.equal(texts(record!)[headers.coordinates], "abc/frames/2/41");
    assert.equal(texts(record!)["mine"], "1");
  });
});

describe("toDeadLetter", () => {
  it("keeps the record, its headers and its coordinates, with the reason", () => {
    const letter = toDeadLetter(Buffer.from("v"), "no image", origin, name);
    const { other, ...rest } = texts(letter);
    assert.equal(other, "x");
    assert.equal(rest[headers.reason], "no image");
    assert.equal(rest[headers.coordinates], "abc/frames/2/41");
    assert.equal(rest[headers.contentType], "image/png");
    assert.equal(letter.value!.toString(), "v");
  });
});
