import { readFileSync } from "node:fs";
import { runCommand } from "../runCommand";

/** Unmounts everything that is mounted at or below a folder, the deepest first. */
export async function unmountBelow(folder: string): Promise<void> {
  const mounts = mountsBelow(folder, readFileSync("/proc/self/mounts", "utf8"));
  for (const mount of mounts) await runCommand("umount", ["--lazy", mount]);
}

/** Mount points at or below a folder in the text of /proc/self/mounts, the latest first. Pure. */
export function mountsBelow(folder: string, mounts: string): string[] {
  return mounts
    .split("\n")
    .flatMap((line) => line.split(" ")[1] ?? [])
    .map((path) => path.replace(/\\([0-7]{3})/g, (_, octal: string) => String.fromCharCode(parseInt(octal, 8))))
    .filter((path) => path === folder || path.startsWith(`${folder}/`))
    .reverse();
}
