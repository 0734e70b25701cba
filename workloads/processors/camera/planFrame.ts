/** The scene moves for some frames and then holds still. */
export interface Schedule {
  motionFrames: number;
  stillFrames: number;
}

/** Lanes show the same scene, each this many frames ahead of the one before, so that their motion does not begin together. */
const framesBetweenLanes = 7;

/**
 * Which step of the scene a frame shows, 0 to motionFrames - 1. The scene repeats; while it stands still it shows its last step.
 * A function of lane and frame number alone, so that a frame that is asked for again is the same.
 */
export function stepOfFrame(lane: number, frame: bigint, { motionFrames, stillFrames }: Schedule): number {
  const cycle = BigInt(motionFrames + stillFrames);
  const at = Number((frame + BigInt(lane * framesBetweenLanes)) % cycle);
  return Math.min(at, motionFrames - 1);
}

/** How far the camera has turned and the vehicle has gone, each 0 to 1, at a step of the scene. */
export function planStep(step: number, steps: number): { pan: number; travel: number } {
  const phase = step / steps;
  return { pan: (1 - Math.cos(2 * Math.PI * phase)) / 2, travel: phase };
}
