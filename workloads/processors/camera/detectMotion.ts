import { sharp } from "../tunedSharp";

/** Points across and down that motion is looked for in: a person at the far end of a yard still covers several. */
export const motionGrid = { width: 64, height: 48 } as const;

/** How much must change: grey levels per point, and the share of points. */
export interface MotionThreshold {
  levels: number;
  share: number;
}

/** A JPEG as a small grey picture, one byte per point of the grid. */
export function grey(jpeg: Buffer): Promise<Buffer> {
  return sharp(jpeg, { failOn: "none" })
    .greyscale()
    .resize(motionGrid.width, motionGrid.height, { fit: "fill", kernel: "linear" })
    .raw()
    .toBuffer();
}

/**
 * Whether something moved between two small grey pictures. The change of the mean brightness (a cloud, the camera's
 * exposure) is taken off first; noise stays below the levels because each point is the mean of a few hundred pixels.
 */
export function hasMotion(previous: Buffer, current: Buffer, { levels, share }: MotionThreshold): boolean {
  let sum = 0;
  for (let at = 0; at < current.length; at++) sum += current[at]! - previous[at]!;
  const drift = sum / current.length;
  const wanted = share * current.length;
  let changed = 0;
  for (let at = 0; at < current.length; at++) {
    if (Math.abs(current[at]! - previous[at]! - drift) > levels && ++changed >= wanted) return true;
  }
  return false;
}
