import { readFileSync } from "node:fs";
import { join } from "node:path";

/** Bash text of `put FILE MODE`, for scripts that write files on hosts: it is true when the file changed. */
export const putFunction = readFileSync(join(__dirname, "put.sh"), "utf8");

/** A word for bash that means exactly `text`. */
export function quote(text: string): string {
  return `'${text.replaceAll("'", `'\\''`)}'`;
}

/** `NAME='value'` lines for bash. */
export function assignments(variables: Readonly<Record<string, string>>): string {
  return Object.entries(variables)
    .map(([name, value]) => `${name}=${quote(value)}`)
    .join("\n");
}
