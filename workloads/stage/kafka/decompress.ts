import { gunzipSync, zstdDecompressSync } from "node:zlib";

const names = ["none", "gzip", "snappy", "lz4", "zstd"];

/** @throws RangeError for codecs that Node does not bring along (snappy, lz4) */
export function decompress(bytes: Buffer, codec: number): Buffer {
  switch (codec) {
    case 0:
      return bytes;
    case 1:
      return gunzipSync(bytes);
    case 4:
      return zstdDecompressSync(bytes);
    default:
      throw new RangeError(
        `a record batch compressed with ${names[codec] ?? codec}: the stage reads none, gzip and zstd; set compression.type of the stream to one of them`,
      );
  }
}
