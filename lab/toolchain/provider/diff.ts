import { type Fields, isFields, reveal, Secret, SIGNATURE, type Value } from "./values";

/** How one property differs; `replace` asks for a new resource instead of an update. */
export interface PropertyChange {
  kind: "add" | "delete" | "update";
  replace: boolean;
}

export type Changes = Record<string, PropertyChange>;

/**
 * Equality as the engine's PropertyValue.DeepEquals: two unknowns are equal, a secret equals a secret of equal
 * content, and a secret never equals plain text.
 */
export function sameValue(a: Value | undefined, b: Value | undefined): boolean {
  if (a instanceof Secret) return b instanceof Secret && sameValue(a.value, b.value);
  if (Array.isArray(a)) {
    return Array.isArray(b) && a.length === b.length && a.every((item, i) => sameValue(item, b[i]));
  }
  if (isFields(a)) {
    if (!isFields(b)) return false;
    // Assets and archives are their content, wherever it lies.
    if (SIGNATURE in a && a.hash && b.hash) return a[SIGNATURE] === b[SIGNATURE] && a.hash === b.hash;
    const keys = new Set([...Object.keys(a), ...Object.keys(b)]);
    return [...keys].every((key) => sameValue(a[key] ?? null, b[key] ?? null));
  }
  return (a ?? null) === (b ?? null);
}

/** Equality that looks through secret wrappers: does the content differ? */
export function sameContent(a: Value | undefined, b: Value | undefined): boolean {
  return sameValue(reveal(a), reveal(b));
}

/**
 * The changed paths between two sets of inputs, as `pulumi preview` shows them: `environment.PATH`, `triggers[0]`.
 * The content of a secret is not looked into: the whole property is the path.
 * @param replaceOn top-level properties whose change means a new resource.
 */
export function diffFields(olds: Fields, news: Fields, replaceOn: readonly string[] = []): Changes {
  const changes: Changes = {};
  for (const key of new Set([...Object.keys(olds), ...Object.keys(news)])) {
    collect(changes, pathStep("", key), olds[key], news[key], replaceOn.includes(key));
  }
  return changes;
}

function collect(
  changes: Changes,
  path: string,
  old: Value | undefined,
  next: Value | undefined,
  replace: boolean,
): void {
  if (sameValue(old, next)) return;
  if (Array.isArray(old) && Array.isArray(next)) {
    for (let i = 0; i < Math.max(old.length, next.length); i++) {
      collect(changes, `${path}[${i}]`, old[i], next[i], replace);
    }
  } else if (isFields(old) && isFields(next) && !(SIGNATURE in old) && !(SIGNATURE in next)) {
    for (const key of new Set([...Object.keys(old), ...Object.keys(next)])) {
      collect(changes, pathStep(path, key), old[key], next[key], replace);
    }
  } else {
    changes[path] = { kind: kindOf(old, next), replace };
  }
}

function kindOf(old: Value | undefined, next: Value | undefined): PropertyChange["kind"] {
  if (old === undefined || old === null) return "add";
  if (next === undefined || next === null) return "delete";
  return "update";
}

function pathStep(path: string, key: string): string {
  if (/[."[\]]/.test(key)) return `${path}[${JSON.stringify(key)}]`;
  return path === "" ? key : `${path}.${key}`;
}
