/**
 * What a stage's own code looks like: one module per process, default export, loaded by name from the processors' folder.
 * No exactly-once code in it: the runtime commits outputs and position together, and calls again with the same record
 * (or position) after anything failed in between. So a processor must not act on the outside itself.
 */
import type { ZodType } from "zod";
import type { Coordinates } from "../../core/contract/headers";

/** A record as it came from the source stream. Its buffers are views of a whole fetch: copy what is kept beyond the call. */
export interface SourceRecord {
  key: Buffer | null;
  value: Buffer | null;
  /** The last value of each header. */
  headers: Readonly<Record<string, Buffer>>;
  /** Milliseconds since the epoch, as the source stream has it. */
  timestamp: number;
  coordinates: Coordinates;
}

/**
 * A record to be written to the destination stream, into the partition of the same number as its source's. Strings are written in
 * UTF-8. Anything else than the types say makes the source record a dead letter.
 */
export interface OutputRecord {
  /** @default the source record's key (a device: none) */
  key?: Uint8Array | string | null;
  value: Uint8Array | string | null;
  /** Beside the CloudEvents headers and the coordinates, which the runtime sets. */
  headers?: Readonly<Record<string, Uint8Array | string>>;
  /** MIME type of the value. @default the source record's, else application/octet-stream */
  contentType?: string;
  /** CloudEvents type. @default `iotef.<process>` */
  type?: string;
}

/** What a processor is told about the stage it runs in. */
export interface StageContext<Options = Record<string, unknown>> {
  pipeline: string;
  stage: string;
  process: string;
  /** Cluster on which this replica runs. */
  place: string;
  /** The stage's options, as the processor's own schema parsed them. */
  options: Options;
  /** Structured logging into the stage's log. */
  log: { info(fields: object, message: string): void; warn(fields: object, message: string): void };
  /** Aborted when the lane stops: give up what is under way. */
  signal: AbortSignal;
}

/**
 * Turns each record of the source stream into zero or more records of the destination stream.
 * Throwing (or rejecting) makes the record a dead letter with the error's message as the reason, unless the context's signal
 * is aborted by then. Calls for one lane begin in order. One that returns records has ended before the next begins; where it
 * returns a promise, it may be called for the next record of the lane before that has resolved. Outputs keep the order of their
 * records all the same. Lanes run at the same time.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a module without options takes whatever is given
export interface StreamProcessor<Options = any> {
  options?: ZodType<Options>;
  process(
    record: SourceRecord,
    context: StageContext<Options>,
  ): readonly OutputRecord[] | Promise<readonly OutputRecord[]>;
}

/** One step of a device source. */
export interface DeviceRecord {
  /** Position of this record in its lane: the offset in its coordinates. Grows strictly within a lane. */
  position: bigint;
  /** Where reading goes on after it; kept in the checkpoint. @default position + 1n */
  next?: bigint;
  outputs: readonly OutputRecord[];
  /** When it was taken, milliseconds since the epoch. @default now */
  time?: number;
}

/**
 * A source that is no stream: a camera, files, a bus. It has as many lanes as the destination has partitions, each with a
 * position of its own, which starts at 0 and is kept in the checkpoint. An async generator does:
 * `async *open(lane, position, context) { for (let n = position; !context.signal.aborted; n++) yield { position: n, outputs: [...] } }`.
 * The runtime pulls: nothing is read while a lane is behind. After a restart `open` is called with the position of the
 * checkpoint: what was yielded but not committed is asked for again. A generator that ends leaves its lane idle; one that
 * throws is opened again after a pause.
 */
// eslint-disable-next-line @typescript-eslint/no-explicit-any -- a module without options takes whatever is given
export interface DeviceSource<Options = any> {
  options?: ZodType<Options>;
  open(lane: number, position: bigint, context: StageContext<Options>): AsyncIterable<DeviceRecord>;
}

/** The default export of a processor's module. */
export type ProcessModule = StreamProcessor | DeviceSource;

/** Whether the module reads a device, not a stream. */
export function isDeviceSource(module: ProcessModule): module is DeviceSource {
  return "open" in module;
}
