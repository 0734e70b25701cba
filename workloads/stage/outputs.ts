import { formatCoordinates, headers as names, type Coordinates } from "../../core/contract/headers";
import type { WireRecord } from "./kafka/recordBatch";
import type { OutputRecord } from "./processor";

/** What the outputs of one source record have in common. */
export interface Origin {
  coordinates: Coordinates;
  key: Buffer | null;
  /** Milliseconds since the epoch; never in the future, which brokers refuse. */
  timestamp: number;
  /** Headers of the source record; a device has none. */
  headers: Readonly<Record<string, Buffer>>;
}

export interface StageName {
  pipeline: string;
  stage: string;
  process: string;
}

const specversion = Buffer.from("1.0");
const octets = Buffer.from("application/octet-stream");

/**
 * The outputs of one record as they go to the destination: the processor's own headers first, then CloudEvents (the time of
 * the origin stays through all stages), the source coordinates and the part, and the trace passed on.
 * @throws TypeError where they are not what the types say: modules need not be checked against them
 */
export function toWireRecords(
  outputs: readonly OutputRecord[],
  origin: Origin,
  { pipeline, stage, process }: StageName,
): WireRecord[] {
  if (!Array.isArray(outputs)) throw new TypeError(`the outputs are of type ${typeOf(outputs)}; return an array`);
  const coordinates = formatCoordinates(origin.coordinates);
  const time = origin.headers[names.time] ?? Buffer.from(new Date(origin.timestamp).toISOString());
  const source = Buffer.from(`/${pipeline}/${stage}`);
  const trace = origin.headers[names.traceparent];
  return outputs.map((output: OutputRecord, index) => {
    const bytes = (field: string, value: unknown) => toBuffer(value, `output ${index}: its ${field}`);
    const bytesOrNull = (field: string, value: unknown) => (value === null ? null : bytes(field, value));
    const contentType =
      output.contentType === undefined
        ? (origin.headers[names.contentType] ?? octets)
        : Buffer.from(output.contentType);
    const own = Object.entries(output.headers ?? {}).filter(([name]) => !reserved.has(name));
    return {
      key: output.key === undefined ? origin.key : bytesOrNull("key", output.key),
      value: bytesOrNull("value", output.value),
      timestamp: origin.timestamp,
      headers: [
        ...own.map(([name, value]) => [name, bytes(`header ${name}`, value)] as const),
        [names.specversion, specversion],
        [names.id, Buffer.from(`${coordinates}/${index}`)],
        [names.source, source],
        [names.type, Buffer.from(output.type ?? `iotef.${process}`)],
        [names.time, time],
        [names.contentType, contentType],
        [names.coordinates, Buffer.from(coordinates)],
        [names.part, Buffer.from(`${index}/${outputs.length}`)],
        ...(trace && !own.some(([name]) => name === names.traceparent) ? [[names.traceparent, trace] as const] : []),
      ],
    };
  });
}

/** A record that could not be processed (or whose outputs no broker would take): itself, with the reason and where it stood. */
export function toDeadLetter(
  value: Buffer | null,
  reason: string,
  origin: Origin,
  { pipeline, stage }: StageName,
): WireRecord {
  const coordinates = formatCoordinates(origin.coordinates);
  const own = Object.entries(origin.headers).filter(([name]) => !reserved.has(name) || name === names.contentType);
  return {
    key: origin.key,
    value,
    timestamp: origin.timestamp,
    headers: [
      ...own,
      [names.specversion, specversion],
      [names.id, Buffer.from(`${coordinates}/dead-letter`)],
      [names.source, Buffer.from(`/${pipeline}/${stage}`)],
      [names.type, Buffer.from("iotef.dead-letter")],
      [names.time, origin.headers[names.time] ?? Buffer.from(new Date(origin.timestamp).toISOString())],
      [names.coordinates, Buffer.from(coordinates)],
      [names.reason, Buffer.from(reason.slice(0, 2000))],
    ],
  };
}

/** When the record came into being: the origin's CloudEvents time, else the record's own. */
export function originTime({ headers, timestamp }: Origin): number {
  const text = headers[names.time]?.toString("utf8");
  const time = text === undefined ? NaN : Date.parse(text);
  return Number.isNaN(time) ? timestamp : time;
}

/** Set by the runtime alone; a processor's header of such a name is left out. */
const reserved: ReadonlySet<string> = new Set([
  names.specversion,
  names.id,
  names.source,
  names.type,
  names.time,
  names.contentType,
  names.coordinates,
  names.part,
  names.reason,
]);

/** What has a length or none would be counted and written as something else, so nothing but bytes goes on from here. */
function toBuffer(value: unknown, what: string): Buffer {
  if (typeof value === "string") return Buffer.from(value);
  if (Buffer.isBuffer(value)) return value;
  if (value instanceof Uint8Array) return Buffer.from(value.buffer, value.byteOffset, value.byteLength);
  throw new TypeError(`${what} is of type ${typeOf(value)}; give it a string or a Buffer`);
}

function typeOf(value: unknown): string {
  if (value === null) return "null";
  return typeof value === "object" ? (value.constructor?.name ?? "object") : typeof value;
}
