/** Variable-length integers of Kafka's records (zig-zag) and of its flexible requests (unsigned). */

/** Bytes that `value` takes, |value| < 2^53. */
export function sizeOfVarint(value: number): number {
  return sizeOfUnsigned(zigZag(value));
}

/** Writes `value` at `at` and returns the position after it. */
export function writeVarint(bytes: Buffer, value: number, at: number): number {
  return writeUnsigned(bytes, zigZag(value), at);
}

/** Bytes that `value` takes, 0 <= value < 2^53. */
export function sizeOfUnsigned(value: number): number {
  let size = 1;
  for (let rest = value; rest >= 128; rest = Math.floor(rest / 128)) size++;
  return size;
}

/** Writes `value` at `at` and returns the position after it. */
export function writeUnsigned(bytes: Buffer, value: number, at: number): number {
  let rest = value;
  for (; rest >= 128; rest = Math.floor(rest / 128)) bytes[at++] = (rest % 128) | 128;
  bytes[at++] = rest;
  return at;
}

function zigZag(value: number): number {
  return value >= 0 ? value * 2 : -value * 2 - 1;
}

/** Reads varints one after the other. */
export class VarintReader {
  constructor(
    readonly bytes: Buffer,
    public at: number,
  ) {}

  read(): number {
    const value = this.readUnsigned();
    return value % 2 ? -(value + 1) / 2 : value / 2;
  }

  readUnsigned(): number {
    let factor = 1;
    let value = 0;
    for (;;) {
      const byte = this.bytes[this.at++];
      if (byte === undefined) throw new RangeError("the bytes end inside a number");
      value += (byte & 127) * factor;
      if (byte < 128) return value;
      factor *= 128;
    }
  }

  /** Bytes with their length in front; -1 is null. */
  readBytes(): Buffer | null {
    const length = this.read();
    if (length < 0) return null;
    const start = this.at;
    this.at += length;
    if (this.at > this.bytes.length) throw new RangeError("a record ends inside its bytes");
    return this.bytes.subarray(start, this.at);
  }
}
