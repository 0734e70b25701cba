import { readFile, stat } from "node:fs/promises";
import { setTimeout as pause } from "node:timers/promises";

/** A file that has not changed for so long (ms) has no writer any more. */
const quietAfter = 1000;
/** So long (ms) a file may stay unfinished; then it is taken as it stands: its writer died, or it is no JPEG. */
const abandonedAfter = 30_000;
const lookEvery = 200;

/** A file's bytes and its time of modification, milliseconds since the epoch. */
export interface WholeFile {
  data: Buffer;
  modified: number;
}

/**
 * Reads a file once its writer is done with it: it begins and ends as a JPEG does, and has been quiet for a while or has the
 * same size and time in two looks. One that stays unfinished is given as it is, so that it becomes a dead letter further on
 * and is not lost without a word. Undefined when the lane stops, or the file goes away, before that.
 */
export async function readWhole(path: string, signal: AbortSignal): Promise<WholeFile | undefined> {
  let seen = "";
  let since = performance.now();
  while (!signal.aborted) {
    const now = await stat(path).catch(() => undefined);
    if (!now) return undefined;
    const state = `${now.ino} ${now.size} ${now.mtimeMs}`;
    const same = state === seen;
    if (!same) since = performance.now();
    if (same || Date.now() - now.mtimeMs > quietAfter) {
      const data = await readFile(path).catch(() => undefined);
      if (!data) return undefined;
      if (isWholeJpeg(data) || performance.now() - since > abandonedAfter) return { data, modified: now.mtimeMs };
    }
    seen = state;
    await pause(lookEvery, undefined, { signal }).catch(() => undefined);
  }
  return undefined;
}

/** Start and end markers; zeros after the end, as some cameras write, are allowed. */
function isWholeJpeg(data: Buffer): boolean {
  let end = data.length;
  while (end > 0 && data[end - 1] === 0) end--;
  return end >= 4 && data.readUInt16BE(0) === 0xffd8 && data.readUInt16BE(end - 2) === 0xffd9;
}
