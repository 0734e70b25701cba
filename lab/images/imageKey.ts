import { createHash } from "node:crypto";
import { readdirSync, readFileSync, statSync } from "node:fs";
import { join } from "node:path";
import type { ImagePlan } from "./planImages";

/**
 * Changes exactly when what goes into an image changes: its Dockerfile, the files it copies, the images of our own below it.
 * Not the tag, which is only a name. An upstream base counts by its name: one that moved is taken in when the cache is emptied.
 * @param keys of the own images that it is built on
 */
export function imageKey(plan: ImagePlan, context: string, keys: ReadonlyMap<string, string>): string {
  const hash = createHash("sha256");
  const add = (label: string, content: string | Buffer): void =>
    void hash.update(`${label} ${content.length}\n`).update(content);
  add("architecture", process.arch);
  add("Dockerfile", readFileSync(plan.dockerfile));
  for (const base of plan.bases) add("base", base);
  for (const name of plan.own) add(name, keys.get(name)!);
  for (const file of plan.sources.flatMap((source) => filesOf(context, source)).sort())
    add(file, readFileSync(join(context, file)));
  return hash.digest("hex").slice(0, 16);
}

/** All files at or below a path of the context. */
function filesOf(context: string, path: string): string[] {
  if (!statSync(join(context, path)).isDirectory()) return [path];
  return readdirSync(join(context, path)).flatMap((name) => filesOf(context, join(path, name)));
}
