/** A value that a preview does not know yet. */
export const UNKNOWN = Symbol("unknown");

/** A value that must stay encrypted in state and hidden in output. */
export class Secret {
  constructor(readonly value: Value) {}
}

/** Property values as the engine sends them, with secrets and unknowns kept apart from plain text. */
export type Value = null | boolean | number | string | typeof UNKNOWN | Secret | Value[] | { [key: string]: Value };

export type Fields = Record<string, Value>;

export const SIGNATURE = "4dabf18193072939515e22adb298388d";
export const ASSET = "c44067f5952c0a294b673a41bacd8c17";
export const ARCHIVE = "0def7320c3a5731c473e5ecbe6d01bc7";
const SECRET = "1b47061264138c4ac30d75fd1eb44270";
const OUTPUT = "d0e6a833031e9bbcd3f4e8bde6ca49a4";

/** Markers of pulumi/pulumi sdk/go/common/resource/plugin/rpc.go; the string one also stands for "of any type". */
const UNKNOWN_STRING = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";
const UNKNOWN_MARKERS = new Set([
  UNKNOWN_STRING,
  "1c4a061d-8072-4f0a-a4cb-0ff528b18fe7",
  "3eeb2bf0-c639-47a8-9e75-3b44932eb421",
  "6a19a0b0-7e62-4c92-b797-7f8e31da9cc2",
  "030794c1-ac77-496b-92df-f27374a8bd58",
  "e48ece36-62e2-4504-bad9-02848725956a",
  "dd056dcd-154b-4c76-9bd3-c8f88648b5ff",
]);

/** Reads one wire value (the JSON shape of a protobuf Struct). Assets and archives keep their signed object form. */
export function decodeValue(wire: unknown): Value {
  if (typeof wire === "string") return UNKNOWN_MARKERS.has(wire) ? UNKNOWN : wire;
  if (typeof wire === "number" || typeof wire === "boolean") return wire;
  if (wire === null || wire === undefined) return null;
  if (Array.isArray(wire)) return wire.map(decodeValue);
  const object = wire as Record<string, unknown>;
  if (object[SIGNATURE] === SECRET) return new Secret(decodeValue(object.value));
  if (object[SIGNATURE] === OUTPUT) {
    const value = "value" in object ? decodeValue(object.value) : UNKNOWN;
    return object.secret ? new Secret(value) : value;
  }
  return decodeFields(object);
}

export function decodeFields(wire: Record<string, unknown>): Fields {
  return Object.fromEntries(Object.entries(wire).map(([key, value]) => [key, decodeValue(value)]));
}

/** The wire form of a value: what `decodeValue` reads. */
export function encodeValue(value: Value): unknown {
  if (value === UNKNOWN) return UNKNOWN_STRING;
  if (value instanceof Secret) return { [SIGNATURE]: SECRET, value: encodeValue(value.value) };
  if (Array.isArray(value)) return value.map(encodeValue);
  if (value !== null && typeof value === "object") return encodeFields(value as Fields);
  return value;
}

export function encodeFields(fields: Fields): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(fields)
      .filter(([, value]) => value !== undefined)
      .map(([key, value]) => [key, encodeValue(value)]),
  );
}

export function isFields(value: Value | undefined): value is Fields {
  return typeof value === "object" && value !== null && !Array.isArray(value) && !(value instanceof Secret);
}

/** The value without its secret wrappers, at every depth: for use, never to be returned to the engine. */
export function reveal(value: Value | undefined): Value {
  if (value === undefined) return null;
  if (value instanceof Secret) return reveal(value.value);
  if (Array.isArray(value)) return value.map(reveal);
  if (isFields(value)) return Object.fromEntries(Object.entries(value).map(([k, v]) => [k, reveal(v)]));
  return value;
}

/** True where any part of the value is not known yet. */
export function hasUnknown(value: Value | undefined): boolean {
  if (value === undefined || value === null) return false;
  if (value === UNKNOWN) return true;
  if (value instanceof Secret) return hasUnknown(value.value);
  if (Array.isArray(value)) return value.some(hasUnknown);
  if (typeof value === "object") return Object.values(value as Fields).some(hasUnknown);
  return false;
}
