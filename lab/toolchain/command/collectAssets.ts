import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join, relative } from "node:path";
import { ARCHIVE, ASSET, SIGNATURE, type Fields, type Value } from "../provider/values";

/** The files below `dir` that the globs name, each as an asset keyed by its path relative to `dir`. */
export function collectAssets(dir: string, globs: readonly string[]): Fields {
  const files = readdirSync(dir, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => relative(dir, join(entry.parentPath, entry.name)))
    .sort();
  return Object.fromEntries(selectPaths(files, globs).map((path) => [path, asset(join(dir, path))]));
}

/** The same files as one archive. */
export function collectArchive(dir: string, globs: readonly string[]): Value {
  return { [SIGNATURE]: ARCHIVE, assets: collectAssets(dir, globs) };
}

/** Applies the globs in order; one that starts with `!` takes paths away again. */
export function selectPaths(paths: readonly string[], globs: readonly string[]): string[] {
  return paths.filter((path) =>
    globs.reduce((chosen, glob) => {
      const exclude = glob.startsWith("!");
      return globPattern(exclude ? glob.slice(1) : glob).test(path) ? !exclude : chosen;
    }, false),
  );
}

/** A glob of gobwas/glob with separator `/`: `*` within a folder, `**` across, `?`, `[a-z]`, `[!a]`, `{a,b}`. */
export function globPattern(glob: string): RegExp {
  let depth = 0;
  const body = glob.replace(/\\.|\*\*|\[[^\]]*\]|./gs, (token) => {
    if (token === "**") return ".*";
    if (token === "*") return "[^/]*";
    if (token === "?") return "[^/]";
    if (token.length > 1 && token.startsWith("[")) return token.replace(/^\[!/, "[^");
    if (token === "{") depth++;
    if (token === "{") return "(?:";
    if (token === "}" && depth > 0) {
      depth--;
      return ")";
    }
    if (token === "," && depth > 0) return "|";
    return token.replace(/^\\/, "").replace(/[.*+?^${}()|[\]\\/]/g, "\\$&");
  });
  return new RegExp(`^${body}$`, "s");
}

function asset(path: string): Value {
  const hash = createHash("sha256").update(readFileSync(path)).digest("hex");
  return { [SIGNATURE]: ASSET, hash, path };
}
