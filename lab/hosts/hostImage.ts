import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import { homedir } from "node:os";
import { join } from "node:path";
import { runCommand } from "../runCommand";

const recipe = join(__dirname, "..", "artifacts", "recipes", "host-image.sh");

/** Where the archive of the host image lies in a cache; the folder's name changes with the recipe. */
export function hostImagePath(cache: string): string {
  const key = createHash("sha256").update(readFileSync(recipe)).digest("hex").slice(0, 12);
  return join(cache, `host-image-${key}`, "host-image.tar");
}

/**
 * The archive of the host image, built by its recipe where the cache does not hold it yet (about two minutes).
 * @param cache @default ~/.cache/iotef/artifacts
 */
export async function ensureHostImage(
  cache: string = join(homedir(), ".cache", "iotef", "artifacts"),
  log: (line: string) => void = () => undefined,
): Promise<string> {
  const archive = hostImagePath(cache);
  if (existsSync(archive)) return archive;
  log(`building the host image into ${archive}`);
  await runCommand("nice", ["-n", "10", "bash", recipe, archive]);
  return archive;
}
