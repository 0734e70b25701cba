import { renameSync, writeFileSync } from "node:fs";

/** Writes a file so that it is never seen half: whoever is killed meanwhile leaves the old one, or none. */
export function writeWhole(file: string, content: string, { mode = 0o644 }: { mode?: number } = {}): void {
  const draft = `${file}.part`;
  writeFileSync(draft, content, { mode });
  renameSync(draft, file);
}
