/// <reference path="./wasmUtils.d.ts" />
import { gunzipSync, zstdDecompressSync } from "node:zlib";
import { lz4Decompress, snappyDecompress } from "@platformatic/wasm-utils/bundled";

/** By the number that a batch's attributes hold. */
const codecs: readonly ((bytes: Buffer) => Buffer)[] = [
  (bytes) => bytes,
  (bytes) => gunzipSync(bytes),
  (bytes) => decompressSnappy(bytes),
  (bytes) => lz4Decompress(bytes),
  (bytes) => zstdDecompressSync(bytes),
];

/** @throws RangeError for a codec that Kafka does not have yet */
export function decompress(bytes: Buffer, codec: number): Buffer {
  const read = codecs[codec];
  if (read === undefined) throw new RangeError(`compressed with the unknown codec ${codec}`);
  return read(bytes);
}

/** Kafka's Java clients and brokers write snappy in blocks (snappy-java's stream), others as one. */
const blocks = { magic: Buffer.from("\x82SNAPPY\0", "latin1"), headerBytes: 16 };

function decompressSnappy(bytes: Buffer): Buffer {
  if (!bytes.subarray(0, blocks.magic.length).equals(blocks.magic)) return snappyDecompress(bytes);
  const parts: Buffer[] = [];
  for (let at = blocks.headerBytes; at < bytes.length;) {
    const start = at + 4;
    at = start + bytes.readUInt32BE(at);
    if (at > bytes.length) throw new RangeError("a block of snappy ends behind its batch");
    parts.push(snappyDecompress(bytes.subarray(start, at)));
  }
  return Buffer.concat(parts);
}
