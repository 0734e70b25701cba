import assert from "node:assert/strict";
import { gzipSync } from "node:zlib";
import fc from "fast-check";
import { committedRecords } from "../../workloads/stage/kafka/fetch";
import {
  batchOverhead,
  readBatches,
  sizeOfBatch,
  sizeOfRecord,
  writeBatch,
  type StoredBatch,
  type WireRecord,
} from "../../workloads/stage/kafka/recordBatch";
import { sizeOfVarint, VarintReader, writeVarint } from "../../workloads/stage/kafka/varint";

const owner = { producerId: 4711n, producerEpoch: 3 };
const bytes = fc.uint8Array({ maxLength: 300 }).map((array) => Buffer.from(array));
const record: fc.Arbitrary<WireRecord> = fc.record({
  key: fc.option(bytes),
  value: fc.option(bytes),
  timestamp: fc.integer({ min: 1_600_000_000_000, max: 1_900_000_000_000 }),
  headers: fc.uniqueArray(fc.tuple(fc.string({ minLength: 1 }), bytes), { selector: ([name]) => name, maxLength: 4 }),
});

function encode(records: WireRecord[]): Buffer {
  const buffer = Buffer.alloc(sizeOfBatch(records));
  assert.equal(writeBatch(buffer, 0, records, owner), buffer.length);
  return buffer;
}

/** CRC-32C bit by bit: Castagnoli's polynomial, reflected. */
function checksum(bytes: Buffer): number {
  let crc = -1;
  for (const byte of bytes) {
    crc ^= byte;
    for (let bit = 0; bit < 8; bit++) crc = crc & 1 ? (crc >>> 1) ^ 0x82f63b78 : crc >>> 1;
  }
  return ~crc >>> 0;
}

describe("a batch's checksum", () => {
  it("is CRC-32C of all that follows it", () => {
    assert.equal(checksum(Buffer.from("123456789")), 0xe3069283);
    const batch = encode([{ key: null, value: Buffer.from("some value"), headers: [], timestamp: 1 }]);
    assert.equal(batch.readUInt32BE(17), checksum(batch.subarray(21)));
  });
});

describe("varints", () => {
  it("are read as they were written, in as many bytes as counted", () => {
    fc.assert(
      fc.property(fc.integer({ min: -(2 ** 50), max: 2 ** 50 }), (value) => {
        const buffer = Buffer.alloc(10);
        assert.equal(writeVarint(buffer, value, 0), sizeOfVarint(value));
        assert.equal(new VarintReader(buffer, 0).read(), value);
      }),
    );
  });
});

describe("record batches", () => {
  it("keep a header that is called __proto__", () => {
    const buffer = encode([
      { key: null, value: null, headers: [["__proto__", Buffer.from("x")]], timestamp: 1_700_000_000_000 },
    ]);
    assert.deepEqual(Object.entries(readBatches(buffer)[0]!.records[0]!.headers), [["__proto__", Buffer.from("x")]]);
  });

  it("are read as they were written", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        const [batch] = readBatches(encode(records));
        assert.equal(batch!.producerId, owner.producerId);
        assert.equal(batch!.transactional, true);
        assert.equal(batch!.lastOffset, BigInt(records.length - 1));
        for (const [n, stored] of batch!.records.entries()) {
          const { headers, ...rest } = records[n]!;
          assert.deepEqual(stored, { ...rest, offset: BigInt(n), headers: Object.fromEntries(headers) });
        }
      }),
    );
  });

  it("never take more bytes than their records' sizes say", () => {
    fc.assert(
      fc.property(fc.array(record, { minLength: 1, maxLength: 20 }), (records) => {
        assert.ok(sizeOfBatch(records) <= batchOverhead + records.reduce((sum, each) => sum + sizeOfRecord(each), 0));
      }),
    );
  });

  it("are read up to one where a byte was changed on the way, which is refused by its offsets", () => {
    const batch = (first: bigint) => {
      const buffer = encode(
        Array.from({ length: 3 }, () => ({ key: null, value: Buffer.from("value"), headers: [], timestamp: 1 })),
      );
      buffer.writeBigInt64BE(first);
      return buffer;
    };
    const damaged = batch(10n);
    damaged[damaged.length - 3]! ^= 1;
    const whole = batch(7n);
    const [read, ...more] = readBatches(Buffer.concat([whole, damaged, batch(13n)]));
    assert.equal(read!.lastOffset, 9n);
    assert.deepEqual(more, []);
    assert.throws(() => readBatches(Buffer.concat([damaged, whole])), {
      name: "UnreadableBatch",
      message: "record batch of offsets 10 to 12: wrong checksum",
    });
  });

  it("that a fetch cut off are left for the next fetch", () => {
    const whole = encode([{ key: null, value: Buffer.from("value"), headers: [], timestamp: 1_700_000_000_000 }]);
    assert.equal(readBatches(Buffer.concat([whole, whole.subarray(0, 70)])).length, 1);
  });

  it("may be compressed by gzip; a codec that is not known is named", () => {
    const plain = encode([{ key: null, value: Buffer.from("value"), headers: [], timestamp: 1_700_000_000_000 }]);
    const compressed = (codec: number) => {
      const buffer = Buffer.concat([plain.subarray(0, batchOverhead), gzipSync(plain.subarray(batchOverhead))]);
      buffer.writeInt32BE(buffer.length - 12, 8);
      buffer.writeInt16BE(buffer.readInt16BE(21) | codec, 21);
      buffer.writeUInt32BE(checksum(buffer.subarray(21)), 17);
      return buffer;
    };
    assert.equal(readBatches(compressed(1))[0]!.records[0]!.value!.toString(), "value");
    assert.throws(() => readBatches(compressed(5)), /compressed with the unknown codec 5/);
  });
});

describe("committedRecords", () => {
  const data = (offset: number, producer: number): StoredBatch => ({
    baseOffset: BigInt(offset),
    lastOffset: BigInt(offset),
    producerId: BigInt(producer),
    transactional: true,
    records: [{ offset: BigInt(offset), timestamp: 0, key: null, value: null, headers: {} }],
  });
  const marker = (offset: number, producer: number, kind: "commit" | "abort"): StoredBatch => ({
    ...data(offset, producer),
    marker: kind,
    records: [],
  });
  const offsets = (batches: StoredBatch[], aborted: [producer: number, first: number][], from = 0) =>
    committedRecords(
      batches,
      aborted.map(([producer, first]) => ({ producerId: BigInt(producer), firstOffset: BigInt(first) })),
      BigInt(from),
    ).map(({ offset }) => Number(offset));

  it("leaves out what was aborted, up to the marker", () => {
    const log = [
      data(0, 1),
      data(1, 2),
      marker(2, 1, "abort"),
      data(3, 1),
      marker(4, 2, "commit"),
      marker(5, 1, "commit"),
    ];
    assert.deepEqual(offsets(log, [[1, 0]]), [1, 3]);
  });

  it("leaves out two aborted transactions that are open where the fetch starts", () => {
    assert.deepEqual(
      offsets(
        [data(10, 1), data(11, 2), data(12, 3)],
        [
          [2, 5],
          [1, 3],
        ],
      ),
      [12],
    );
  });

  it("leaves out records before the asked offset", () => {
    assert.deepEqual(offsets([data(0, 1), data(1, 1)], [], 1), [1]);
  });

  it("does not take a record's key for a marker", () => {
    const odd = data(1, 1);
    odd.records[0]!.key = Buffer.alloc(4);
    assert.deepEqual(offsets([data(0, 1), odd, data(2, 1)], [[1, 0]]), []);
  });
});
