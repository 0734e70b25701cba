import execa from "execa";
import { chmodSync, copyFileSync, cpSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError } from "../labError";

/**
 * The folder of a `go` program that is at least as new as `wanted`, to be put first on PATH. Distributions' own Go is often
 * older than the modules ask for, but can fetch a newer toolchain: those are published as modules themselves.
 * @param cache where a fetched toolchain is kept (about 250 MB)
 * @returns undefined if the machine's own Go will do
 */
export async function ensureGo(
  wanted: string,
  cache: string,
  log: (line: string) => void,
): Promise<string | undefined> {
  const own = (await execa("go", ["env", "GOVERSION"], { env: { GOTOOLCHAIN: "local" } })).stdout.replace(/^go/, "");
  if (isAtLeast(own, wanted)) return undefined;
  const folder = join(cache, wanted);
  const bin = join(folder, "bin");
  if (existsSync(folder)) return bin;
  log(`fetching Go ${wanted}, as this machine's is ${own}`);
  const module = `golang.org/toolchain@v0.0.1-go${wanted}.linux-${process.arch === "x64" ? "amd64" : process.arch}`;
  const { stdout, stderr, failed } = await execa("go", ["mod", "download", "-json", module], { reject: false });
  if (failed) throw new LabError(`go mod download ${module}: ${stderr || stdout}; or install Go ${wanted} yourself`);
  const temporary = `${folder}.part`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(dirname(folder), { recursive: true });
  cpSync((JSON.parse(stdout) as { Dir: string }).Dir, temporary, { recursive: true });
  restoreToolchain(temporary);
  renameSync(temporary, folder);
  return bin;
}

/** Undoes what a module's archive cannot hold: executable files, and go.mod files of its own (stored as _go.mod). */
function restoreToolchain(folder: string): void {
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name);
    const runs = path.startsWith(join(folder, "bin/")) || path.startsWith(join(folder, "pkg/tool/"));
    chmodSync(path, entry.isDirectory() || runs ? 0o755 : 0o644);
    if (entry.name === "_go.mod") copyFileSync(path, join(entry.parentPath, "go.mod"));
  }
}

/** Compares versions such as 1.26.8 by number. Pure. */
export function isAtLeast(version: string, wanted: string): boolean {
  const numbers = (text: string): number[] => text.split(/[^0-9]+/).map(Number);
  const [have, need] = [numbers(version), numbers(wanted)];
  for (const [index, number] of need.entries()) {
    const difference = (have[index] ?? 0) - number;
    if (difference !== 0) return difference > 0;
  }
  return true;
}
