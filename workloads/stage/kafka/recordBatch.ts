import { crc32c } from "@node-rs/crc32";
import { messageOf } from "../../../core/errors";
import { sizeOfVarint, VarintReader, writeVarint } from "./varint";
import { decompress } from "./decompress";

/** A record on its way to a broker. */
export interface WireRecord {
  key: Buffer | null;
  value: Buffer | null;
  headers: readonly (readonly [name: string, value: Buffer])[];
  /** Milliseconds since the epoch. */
  timestamp: number;
}

/** A record as a broker sent it. Its buffers are views of the whole response: copy what is kept. */
export interface StoredRecord {
  offset: bigint;
  timestamp: number;
  key: Buffer | null;
  value: Buffer | null;
  headers: Record<string, Buffer>;
}

/** A record batch (magic 2) as a broker sent it. */
export interface StoredBatch {
  baseOffset: bigint;
  lastOffset: bigint;
  producerId: bigint;
  transactional: boolean;
  /** A control batch holds a transaction's marker. */
  marker?: "commit" | "abort";
  records: StoredRecord[];
}

/** A batch whose bytes are not what was written, or of a kind that this runtime does not know. */
export class UnreadableBatch extends Error {
  /** As a broker calls what it cannot read itself. */
  readonly type = "CORRUPT_MESSAGE";

  constructor(first: bigint, last: bigint, cause: unknown) {
    super(`record batch of offsets ${first} to ${last}: ${messageOf(cause)}`, { cause });
    this.name = "UnreadableBatch";
  }
}

/** The owner of a transactional id, as the brokers know it. */
export interface Producer {
  producerId: bigint;
  producerEpoch: number;
}

/** Bytes of a batch before its first record. */
export const batchOverhead = 61;
const transactionalBit = 0x10;
const controlBit = 0x20;
const logAppendTimeBit = 0x08;

/** Bytes that a record takes in a batch at the most, whatever stands before it. */
export function sizeOfRecord(record: WireRecord): number {
  const body = bodySize(record, Number.MAX_SAFE_INTEGER / 4, 1 << 24);
  return sizeOfVarint(body) + body;
}

/** Bytes of the transactional batch of these records: `writeBatch` fills exactly as many. */
export function sizeOfBatch(records: readonly WireRecord[]): number {
  const base = records[0]!.timestamp;
  let size = batchOverhead;
  for (let n = 0; n < records.length; n++) {
    const body = bodySize(records[n]!, records[n]!.timestamp - base, n);
    size += sizeOfVarint(body) + body;
  }
  return size;
}

/**
 * Writes a transaction's one batch for a partition at `at` and returns the position after it. Its sequence begins at 0, as
 * each transaction of version 2 has an epoch of its own.
 */
export function writeBatch(bytes: Buffer, at: number, records: readonly WireRecord[], producer: Producer): number {
  const base = records[0]!.timestamp;
  let latest = base;
  let end = at + batchOverhead;
  for (let n = 0; n < records.length; n++) {
    const record = records[n]!;
    if (record.timestamp > latest) latest = record.timestamp;
    end = writeRecord(bytes, end, record, record.timestamp - base, n);
  }
  bytes.writeBigInt64BE(0n, at);
  bytes.writeInt32BE(end - at - 12, at + 8);
  bytes.writeInt32BE(-1, at + 12);
  bytes[at + 16] = 2;
  bytes.writeInt16BE(transactionalBit, at + 21);
  bytes.writeInt32BE(records.length - 1, at + 23);
  bytes.writeBigInt64BE(BigInt(base), at + 27);
  bytes.writeBigInt64BE(BigInt(latest), at + 35);
  bytes.writeBigInt64BE(producer.producerId, at + 43);
  bytes.writeInt16BE(producer.producerEpoch, at + 51);
  bytes.writeInt32BE(0, at + 53);
  bytes.writeInt32BE(records.length, at + 57);
  bytes.writeUInt32BE(crc32c(bytes.subarray(at + 21, end)), at + 17);
  return end;
}

/**
 * Reads whole batches up to the first that is incomplete (fetches cut by bytes) or cannot be read.
 * @throws UnreadableBatch where nothing stands before that one
 */
export function readBatches(bytes: Buffer): StoredBatch[] {
  const result: StoredBatch[] = [];
  for (let at = 0; at + batchOverhead <= bytes.length;) {
    const end = at + 12 + bytes.readInt32BE(at + 8);
    if (end > bytes.length) break;
    try {
      result.push(readBatch(bytes.subarray(at, end)));
    } catch (error) {
      if (result.length > 0) break;
      throw new UnreadableBatch(bytes.readBigInt64BE(at), lastOffsetOf(bytes.subarray(at)), error);
    }
    at = end;
  }
  return result;
}

function readBatch(bytes: Buffer): StoredBatch {
  const baseOffset = bytes.readBigInt64BE(0);
  if (bytes[16] !== 2) throw new RangeError(`format ${bytes[16]}, only 2 is known`);
  if (crc32c(bytes.subarray(21)) !== bytes.readUInt32BE(17)) throw new RangeError("wrong checksum");
  const attributes = bytes.readInt16BE(21);
  const baseTimestamp = Number(bytes.readBigInt64BE(27));
  const appendTime = attributes & logAppendTimeBit ? Number(bytes.readBigInt64BE(35)) : undefined;
  const count = bytes.readInt32BE(57);
  const reader = new VarintReader(decompress(bytes.subarray(batchOverhead), attributes & 7), 0);
  const records: StoredRecord[] = [];
  for (let n = 0; n < count; n++) records.push(readRecord(reader, baseOffset, baseTimestamp, appendTime));
  const batch: StoredBatch = {
    baseOffset,
    lastOffset: lastOffsetOf(bytes),
    producerId: bytes.readBigInt64BE(43),
    transactional: (attributes & transactionalBit) !== 0,
    records,
  };
  if (!(attributes & controlBit)) return batch;
  // The key of a marker: version, then type (0 abort, 1 commit).
  return { ...batch, marker: records[0]?.key?.readInt16BE(2) === 0 ? "abort" : "commit", records: [] };
}

function lastOffsetOf(batch: Buffer): bigint {
  return batch.readBigInt64BE(0) + BigInt(batch.readInt32BE(23));
}

function readRecord(
  reader: VarintReader,
  baseOffset: bigint,
  baseTimestamp: number,
  appendTime?: number,
): StoredRecord {
  const end = reader.read() + reader.at;
  reader.at++; // attributes, unused
  const timestamp = baseTimestamp + reader.read();
  const offset = baseOffset + BigInt(reader.read());
  const key = reader.readBytes();
  const value = reader.readBytes();
  const headers: [name: string, value: Buffer][] = [];
  for (let left = reader.read(); left > 0; left--) {
    const name = reader.readBytes()!.toString("utf8");
    headers.push([name, reader.readBytes() ?? Buffer.alloc(0)]);
  }
  reader.at = end;
  // Not assigned one by one: a header may be called `__proto__`.
  return { offset, timestamp: appendTime ?? timestamp, key, value, headers: Object.fromEntries(headers) };
}

function bodySize(record: WireRecord, timestampDelta: number, offsetDelta: number): number {
  let size =
    1 + sizeOfVarint(timestampDelta) + sizeOfVarint(offsetDelta) + bytesSize(record.key) + bytesSize(record.value);
  size += sizeOfVarint(record.headers.length);
  for (const [name, value] of record.headers) {
    const length = Buffer.byteLength(name);
    size += sizeOfVarint(length) + length + bytesSize(value);
  }
  return size;
}

function bytesSize(bytes: Buffer | null): number {
  return bytes === null ? 1 : sizeOfVarint(bytes.length) + bytes.length;
}

function writeRecord(
  bytes: Buffer,
  at: number,
  record: WireRecord,
  timestampDelta: number,
  offsetDelta: number,
): number {
  at = writeVarint(bytes, bodySize(record, timestampDelta, offsetDelta), at);
  bytes[at++] = 0;
  at = writeVarint(bytes, timestampDelta, at);
  at = writeVarint(bytes, offsetDelta, at);
  at = writeBytes(bytes, at, record.key);
  at = writeBytes(bytes, at, record.value);
  at = writeVarint(bytes, record.headers.length, at);
  for (const [name, value] of record.headers) {
    at = writeVarint(bytes, Buffer.byteLength(name), at);
    at += bytes.write(name, at, "utf8");
    at = writeBytes(bytes, at, value);
  }
  return at;
}

function writeBytes(bytes: Buffer, at: number, value: Buffer | null): number {
  if (value === null) return writeVarint(bytes, -1, at);
  at = writeVarint(bytes, value.length, at);
  bytes.set(value, at);
  return at + value.length;
}
