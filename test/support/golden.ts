import { strict as assert } from "node:assert";
import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";

/** Compares text with test/golden/NAME; `GOLDEN=update` writes it instead, to be read as a diff before it is committed. */
export function assertGolden(name: string, text: string): void {
  const file = join(__dirname, "..", "golden", name);
  if (process.env["GOLDEN"] === "update") {
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, text);
    return;
  }
  assert.ok(existsSync(file), `${file} is missing; run with GOLDEN=update and read what it writes`);
  assert.equal(text, readFileSync(file, "utf8"), `differs from ${file}; run with GOLDEN=update and read the diff`);
}
