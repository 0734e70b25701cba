import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import type { DeviceRecord, StageContext } from "../../stage/processor";
import type { CameraOptions } from "./cameraOptions";
import { grey, hasMotion } from "./detectMotion";
import { folderOfLane, listFrames, type FrameFile } from "./listFrames";
import { readWhole } from "./readWhole";

const lookEvery = 500;

/**
 * A lane of a real camera, whose program (ffmpeg, motion, an FTP upload) leaves JPEG files in a folder. The position is the
 * number in a file's name (numberOfName.ts), so that reading goes on after a restart where the checkpoint says, whatever else
 * happened to the folder. Files stay: the program that writes them also clears old ones away.
 */
export async function* openDirectory(
  directory: string,
  lane: number,
  position: bigint,
  context: StageContext<CameraOptions>,
): AsyncGenerator<DeviceRecord> {
  const { options, signal } = context;
  let next = position;
  let known: Set<string> | undefined;
  let before: Buffer | undefined;
  while (!signal.aborted) {
    const folder = await folderOfLane(directory, lane);
    const files = folder ? await listFrames(folder) : [];
    if (!known && options.onlyMotion) before = await greyBefore(folder, files, next);
    warnOfLate(files, next, known, context);
    known = new Set(files.map(({ name }) => name));
    const fresh = files.filter(({ number }) => number >= next);
    for (const { name, number } of fresh) {
      const file = await readWhole(join(folder!, name), signal);
      if (signal.aborted) return;
      next = number + 1n;
      if (!file) {
        context.log.warn(
          { lane, file: name },
          "the file went away before it was read; keep files for as long as a lane may be down",
        );
        continue;
      }
      const small = options.onlyMotion ? await greyOrNothing(file.data) : undefined;
      const still = small && before && !hasMotion(before, small, options.motion);
      before = small;
      yield {
        position: number,
        outputs: still ? [] : [{ value: file.data, contentType: "image/jpeg" }],
        time: Math.round(file.modified),
      };
    }
    if (fresh.length === 0) await pause(lookEvery, undefined, { signal }).catch(() => undefined);
  }
}

/** Says which files came too late to be read: their numbers lie before what was read already. */
function warnOfLate(
  files: FrameFile[],
  next: bigint,
  known: Set<string> | undefined,
  context: StageContext<CameraOptions>,
): void {
  if (!known) return;
  const late = files.filter(({ name, number }) => number < next && !known.has(name)).map(({ name }) => name);
  if (late.length === 0) return;
  context.log.warn(
    { files: late, position: String(next) },
    "files whose numbers lie before the position are not read; numbers must rise in time",
  );
}

/** The picture that motion is measured against after a restart: the one before the position, if it is still there. */
async function greyBefore(folder: string | undefined, files: FrameFile[], next: bigint): Promise<Buffer | undefined> {
  const last = files.filter(({ number }) => number < next).at(-1);
  const file = last && (await readWhole(join(folder!, last.name), AbortSignal.timeout(1000)));
  return file && greyOrNothing(file.data);
}

/** What cannot be decoded counts as motion: it is passed on for a person to see. */
async function greyOrNothing(jpeg: Buffer): Promise<Buffer | undefined> {
  return grey(jpeg).catch(() => undefined);
}
