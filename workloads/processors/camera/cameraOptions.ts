import { z } from "zod";

/** Frame sizes of the built-in scene, with the JPEG quality that gives about 40, 87 and 146 kB (the reference's images). */
export const frameSizes = {
  "640x480": { width: 640, height: 480, quality: 86 },
  "1024x768": { width: 1024, height: 768, quality: 87 },
  "1280x1024": { width: 1280, height: 1024, quality: 90 },
} as const;

export type FrameSize = keyof typeof frameSizes;

export const cameraOptions = z.strictObject({
  size: z
    .enum(Object.keys(frameSizes) as [FrameSize, ...FrameSize[]])
    .default("1024x768")
    .describe("Frame size of the built-in scene, pixels"),
  framesPerSecond: z
    .number()
    .min(0.01)
    .max(1000)
    .default(2)
    .describe("Frames that the built-in scene gives per second and lane"),
  schedule: z
    .strictObject({
      motionFrames: z.int().min(1).max(1000).default(20),
      stillFrames: z.int().min(0).max(1_000_000).default(4),
    })
    .prefault({})
    .describe("The built-in scene moves for so many frames, then stands still for so many"),
  directory: z
    .string()
    .startsWith("/")
    .optional()
    .describe("Folder in which a real camera leaves JPEG files; replaces the built-in scene"),
  onlyMotion: z
    .boolean()
    .optional()
    .describe(
      "Leave out frames without motion; default: true for the built-in scene, false for a directory, whose writer decides",
    ),
  motion: z
    .strictObject({
      levels: z.int().min(1).max(255).default(12).describe("Grey levels by which a point must change to count"),
      share: z.number().gt(0).lt(1).default(0.004).describe("Share of the picture's points that must change"),
    })
    .prefault({}),
});

export type CameraOptions = z.output<typeof cameraOptions>;
