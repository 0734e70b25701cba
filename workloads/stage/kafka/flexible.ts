/**
 * Requests and answers in Kafka's flexible format (KIP-482), which kafkajs does not know: lengths are unsigned varints and one
 * too high (0 is null), and each structure ends with tagged fields, which are skipped here.
 */
import type { ProtocolRequest } from "./internals";
import { sizeOfUnsigned, VarintReader, writeUnsigned } from "./varint";

/** Ends a structure that has no tagged fields. */
export const noTags = 0;

export interface Api {
  key: number;
  version: number;
  name: string;
}

/**
 * @param body begins with the header's tags (`noTags`): kafkajs writes all of the header but these
 * @param decode reads the answer, from behind its header
 */
export function flexibleRequest<Answer>(
  api: Api,
  body: Buffer,
  decode: (answer: AnswerReader) => Answer,
): ProtocolRequest<Answer> {
  return {
    request: {
      apiKey: api.key,
      apiVersion: api.version,
      apiName: api.name,
      encode: async () => ({ buf: body, buffer: body, size: () => body.length }),
    },
    response: {
      decode: async (bytes) => {
        const answer = new AnswerReader(bytes);
        answer.skipTags();
        return decode(answer);
      },
      parse: async (answer) => answer,
    },
  };
}

/** Bytes of a length or a count. */
export function sizeOfLength(length: number): number {
  return sizeOfUnsigned(length + 1);
}

/** Writes a length or a count at `at` and returns the position after it. */
export function writeLength(bytes: Buffer, at: number, length: number): number {
  return writeUnsigned(bytes, length + 1, at);
}

/** Bytes of a string with its length. */
export function sizeOfString(text: string): number {
  const length = Buffer.byteLength(text);
  return sizeOfLength(length) + length;
}

/** Writes a string with its length at `at` and returns the position after it. */
export function writeString(bytes: Buffer, at: number, text: string): number {
  const start = writeLength(bytes, at, Buffer.byteLength(text));
  return start + bytes.write(text, start, "utf8");
}

/** Reads an answer's fields one after the other. */
export class AnswerReader {
  private readonly varints: VarintReader;

  constructor(private readonly source: Buffer) {
    this.varints = new VarintReader(source, 0);
  }

  int16(): number {
    return this.source.readInt16BE(this.skip(2));
  }

  int32(): number {
    return this.source.readInt32BE(this.skip(4));
  }

  int64(): bigint {
    return this.source.readBigInt64BE(this.skip(8));
  }

  /** Sixteen bytes as hex digits. */
  uuid(): string {
    const start = this.skip(16);
    return this.source.toString("hex", start, start + 16);
  }

  /** A length or a count; -1 is null. */
  length(): number {
    return this.varints.readUnsigned() - 1;
  }

  string(): string | null {
    const length = this.length();
    if (length < 0) return null;
    const start = this.skip(length);
    return this.source.toString("utf8", start, start + length);
  }

  /** Bytes with their length in front, as a view of the answer; none for null. */
  bytes(): Buffer {
    const length = Math.max(0, this.length());
    const start = this.skip(length);
    return this.source.subarray(start, start + length);
  }

  /** Calls `read` for each element. */
  array<T>(read: () => T): T[] {
    return Array.from({ length: Math.max(0, this.length()) }, read);
  }

  skipTags(): void {
    for (let left = this.varints.readUnsigned(); left > 0; left--) {
      this.varints.readUnsigned();
      this.skip(this.varints.readUnsigned());
    }
  }

  /** Returns where the skipped bytes start. */
  skip(count: number): number {
    const start = this.varints.at;
    this.varints.at += count;
    return start;
  }
}
