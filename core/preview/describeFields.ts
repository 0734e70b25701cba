import { isUnknown, type Change } from "./parsePreview";

/** Longest text of a value in a line. */
const longest = 60;

/** Paths that say little by themselves, in words. */
const words: [RegExp, string][] = [
  [/^spec\.template\.spec\.containers\[0\]\.image$/, "image"],
  [/^spec\.template\.spec\.volumes\[\d+\]\.(configMap|secret)\./, "its configuration or credentials"],
  [/^spec\.template\.spec\.affinity/, "hosts that it may run on"],
  [/^spec\.replicas$/, "copies"],
  [/^\.?metadata\.annotations\["pulumi\.com\/replaceUnready"\]$/, "runs anew, for it did not succeed"],
  [/^environment\.PLACEMENT$/, "placement"],
  [/^data\["?stage\.json/, "what the stage is told"],
  [/^data\.(from|to)$/, "brokers that it begins with"],
  [/^data\["?job\.json/, "wanted topics and users"],
  [/^(create|update)$/, "script"],
];

/** `copies 2 -> 3, image a -> b`: what changes, with the values where they are short and no secret. */
export function describeFields({ fields, before, after, op, type }: Change): string {
  const told = fields.map((path) => describeField(path, valueAt(before, path), valueAt(after, path)));
  const unique = [...new Set(told)];
  // Why a fixed script runs again is not in its inputs' names but in what they hold; the values themselves are too long to show.
  if (unique.length === 0) return op === "replace" && type.endsWith(":Job") ? "runs anew" : "";
  return unique.join(", ");
}

function describeField(path: string, before: unknown, after: unknown): string {
  const found = words.find(([pattern]) => pattern.test(path));
  const name = found?.[1] ?? path;
  if (found !== undefined && !["image", "copies"].includes(name)) return name;
  const [old, next] = [show(before), show(after)];
  if (old === undefined && next === undefined) return name;
  return `${name} ${old ?? "(none)"} -> ${next ?? "(known only when it runs)"}`;
}

function show(value: unknown): string | undefined {
  if (isUnknown(value) || value === null || typeof value === "object") return undefined;
  const text = String(value);
  return text.length > longest ? shorten(text) : text;
}

/** Image references differ in their digests, which stand at the end. */
function shorten(text: string): string | undefined {
  const digest = /^(.*)@sha256:([0-9a-f]{12})[0-9a-f]*$/.exec(text);
  return digest === null ? undefined : `${digest[1]!.slice(digest[1]!.lastIndexOf("/") + 1)}@${digest[2]}`;
}

/** @param path as Pulumi writes it: `a.b[0]["c.d"]` */
function valueAt(root: unknown, path: string): unknown {
  const keys = [...path.matchAll(/\["([^"]+)"\]|\[(\d+)\]|([^.[\]]+)/g)].map(
    (match) => match[1] ?? match[2] ?? match[3]!,
  );
  return keys.reduce<unknown>(
    (node, key) => (typeof node === "object" && node !== null ? (node as Record<string, unknown>)[key] : undefined),
    root,
  );
}
