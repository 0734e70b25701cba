import { setTimeout as pause } from "node:timers/promises";
import type { DeviceRecord, OutputRecord, StageContext } from "../../stage/processor";
import { imageHeaders } from "../imageHeaders";
import { frameSizes, type CameraOptions } from "./cameraOptions";
import { hasMotion } from "./detectMotion";
import { labelFrame } from "./labelFrame";
import { stepOfFrame } from "./planFrame";
import type { Scene } from "./scene";

/**
 * A lane of the built-in scene. Its position is the frame number, and the frame at a position is always the same bytes.
 * Frames are taken at their rate by the clock: a camera takes no pictures of the past, so after a halt it goes on with the
 * next frame number and does not catch up.
 */
export async function* openScene(
  scene: Scene,
  lane: number,
  position: bigint,
  context: StageContext<CameraOptions>,
): AsyncGenerator<DeviceRecord> {
  const period = 1000 / context.options.framesPerSecond;
  let due = performance.now();
  for (let frame = position; await reached(due, context.signal); frame++) {
    yield { position: frame, outputs: await takeFrame(scene, lane, frame, context.options), time: Date.now() };
    due = Math.max(due + period, performance.now());
  }
}

/** The frame as an output, or none where nothing moved since the one before. */
async function takeFrame(scene: Scene, lane: number, frame: bigint, options: CameraOptions): Promise<OutputRecord[]> {
  const { jpeg, grey } = await scene.picture(stepOfFrame(lane, frame, options.schedule));
  if ((options.onlyMotion ?? true) && frame > 0n) {
    const before = await scene.picture(stepOfFrame(lane, frame - 1n, options.schedule));
    if (!hasMotion(before.grey, grey, options.motion)) return [];
  }
  const { width, height } = frameSizes[options.size];
  return [
    {
      value: labelFrame(jpeg, `iotef camera ${lane} frame ${frame}`),
      contentType: "image/jpeg",
      headers: { [imageHeaders.width]: String(width), [imageHeaders.height]: String(height) },
    },
  ];
}

/** Waits for a time of performance.now(); false when the lane stops before. */
async function reached(due: number, signal: AbortSignal): Promise<boolean> {
  const wait = due - performance.now();
  if (wait > 0) await pause(wait, undefined, { signal }).catch(() => undefined);
  return !signal.aborted;
}
