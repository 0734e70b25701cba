import { readdir, stat } from "node:fs/promises";
import { join } from "node:path";
import { numberOfName } from "./numberOfName";

/** A JPEG file in a camera's folder. */
export interface FrameFile {
  name: string;
  number: bigint;
}

/**
 * The folder of a lane: `<directory>/<lane>` where it exists; lane 0 of a folder without such subfolders has the folder itself.
 * Undefined while there is none: the camera of this lane may be attached later.
 */
export async function folderOfLane(directory: string, lane: number): Promise<string | undefined> {
  const own = join(directory, String(lane));
  if (await isFolder(own)) return own;
  return lane === 0 && (await isFolder(directory)) ? directory : undefined;
}

/**
 * The files of a folder in the order of their numbers.
 * @throws Error when a name gives no number, or two files have the same one
 */
export async function listFrames(folder: string): Promise<FrameFile[]> {
  const files: FrameFile[] = [];
  for (const name of await readdir(folder)) {
    const number = numberOfName(name);
    if (number !== undefined) files.push({ name, number });
  }
  files.sort((one, other) => (one.number < other.number ? -1 : one.number > other.number ? 1 : 0));
  files.forEach(({ name, number }, at) => {
    const before = files[at - 1];
    if (before?.number === number)
      throw new Error(`${folder}: ${before.name} and ${name} are both number ${number}; rename one`);
  });
  return files;
}

async function isFolder(path: string): Promise<boolean> {
  return (await stat(path).catch(() => undefined))?.isDirectory() ?? false;
}
