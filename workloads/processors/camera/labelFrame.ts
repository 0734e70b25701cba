/**
 * Puts a comment segment into a JPEG, right after its JFIF header. Gives each frame its own bytes (and says which frame it
 * is) without encoding it again.
 */
export function labelFrame(jpeg: Buffer, label: string): Buffer {
  const text = Buffer.from(label, "latin1");
  const segment = Buffer.alloc(4 + text.length);
  segment.writeUInt16BE(0xfffe, 0);
  segment.writeUInt16BE(2 + text.length, 2);
  text.copy(segment, 4);
  const at = endOfJfifHeader(jpeg);
  return Buffer.concat([jpeg.subarray(0, at), segment, jpeg.subarray(at)]);
}

/** JFIF wants its APP0 segment right after the start marker. */
function endOfJfifHeader(jpeg: Buffer): number {
  return jpeg.readUInt16BE(2) === 0xffe0 ? 4 + jpeg.readUInt16BE(4) : 2;
}
