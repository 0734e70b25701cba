import { createHash } from "node:crypto";
import type { Task } from "./tasks";

/**
 * What a finished folder is kept under: changes with the recipe's text, the versions it reads, and the keys of what it needs.
 * @param recipe text of the recipe and of the files it sources
 */
export function taskKey(
  task: Task,
  recipe: string,
  versions: Readonly<Record<string, string>>,
  keys: ReadonlyMap<string, string>,
): string {
  const hash = createHash("sha256").update(recipe);
  for (const name of task.versions) {
    const version = versions[name];
    if (version === undefined)
      throw new Error(`task ${task.name} reads the version ${name}, which is not in versions.ts`);
    hash.update(`\0${name}=${version}`);
  }
  for (const need of task.needs) hash.update(`\0${need}=${keys.get(need) ?? ""}`);
  return hash.digest("hex").slice(0, 16);
}
