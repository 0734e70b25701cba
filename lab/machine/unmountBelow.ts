import { readFileSync } from "node:fs";
import { runCommand } from "../runCommand";

/** Unmounts everything that is mounted at or below a folder, the deepest first. */
export async function unmountBelow(folder: string, readMounts = readOwnMounts): Promise<void> {
  for (const mount of mountsBelow(folder, readMounts())) {
    try {
      await runCommand("umount", ["--lazy", mount]);
    } catch (error) {
      // Whoever mounted it may have unmounted it since, as what is being killed does.
      if (mountsBelow(mount, readMounts()).includes(mount)) throw error;
    }
  }
}

function readOwnMounts(): string {
  return readFileSync("/proc/self/mounts", "utf8");
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
