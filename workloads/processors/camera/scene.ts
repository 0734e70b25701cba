import { join } from "node:path";
import type { Sharp } from "sharp";
import { sharp } from "../tunedSharp";
import { frameSizes, type CameraOptions, type FrameSize } from "./cameraOptions";
import { motionGrid } from "./detectMotion";
import { planStep } from "./planFrame";

/** One picture of the scene: encoded, and small and grey for the search for motion. */
export interface Picture {
  jpeg: Buffer;
  grey: Buffer;
}

/** Pixels, three bytes per pixel (four with transparency). */
interface Raw {
  data: Buffer;
  raw: { width: number; height: number; channels: 1 | 2 | 3 | 4 };
}

/** How much wider than a frame the panorama is that the camera pans over. */
const panorama = 1.12;

/** Encoded pictures kept; beyond it the oldest goes and is made again when its turn comes. */
const keptBytes = 16 * 1024 * 1024;

/**
 * The built-in scene: a photograph of a launch site that the camera pans over while a vehicle drives along it. Each step is
 * composed and encoded once and then served from memory, so that many frames per second cost little CPU.
 */
export class Scene {
  private readonly pictures = new Map<number, Promise<Picture>>();
  private readonly size: (typeof frameSizes)[FrameSize];
  private readonly steps: number;
  private layers: Promise<{ background: Raw; vehicle: Raw }> | undefined;

  constructor({ size, schedule }: Pick<CameraOptions, "size" | "schedule">) {
    this.size = frameSizes[size];
    this.steps = schedule.motionFrames;
  }

  /** The picture at a step. Lanes that ask for the same step at once share one composition. */
  picture(step: number): Promise<Picture> {
    const known = this.pictures.get(step);
    if (known) return known;
    const made = this.compose(step);
    this.pictures.set(step, made);
    made.catch(() => this.pictures.delete(step));
    const most = Math.max(2, Math.floor(keptBytes / (this.size.width * this.size.height * 0.12)));
    if (this.pictures.size > most) this.pictures.delete(this.pictures.keys().next().value!);
    return made;
  }

  private async compose(step: number): Promise<Picture> {
    this.layers ??= renderLayers(this.size);
    const { background, vehicle } = await this.layers;
    const { pan, travel } = planStep(step, this.steps);
    const { width, height, quality } = this.size;
    const left = Math.round(pan * (background.raw.width - width));
    const { data, info } = await sharp(background.data, { raw: background.raw })
      .extract({ left, top: 0, width, height })
      .composite([
        {
          input: vehicle.data,
          raw: vehicle.raw,
          left: Math.round(travel * (width - vehicle.raw.width)),
          top: Math.round(height * 0.97) - vehicle.raw.height,
        },
      ])
      .raw()
      .toBuffer({ resolveWithObject: true });
    const frame = (): Sharp => sharp(data, { raw: { width, height, channels: info.channels } });
    const jpeg = await frame().jpeg({ quality }).toBuffer();
    const grey = await frame()
      .greyscale()
      .resize(motionGrid.width, motionGrid.height, { fit: "fill", kernel: "linear" })
      .raw()
      .toBuffer();
    return { jpeg, grey };
  }
}

async function renderLayers(size: { width: number; height: number }): Promise<{ background: Raw; vehicle: Raw }> {
  return { background: await renderBackground(size), vehicle: await renderVehicle(size) };
}

async function renderBackground({ width, height }: { width: number; height: number }): Promise<Raw> {
  const photograph = join(__dirname, "launch-site.jpg");
  return raw(sharp(photograph).resize(Math.round(width * panorama), height, { fit: "cover", position: "bottom" }));
}

/** A lorry with its lights on, about an eighth of the picture wide. */
async function renderVehicle({ width }: { width: number }): Promise<Raw> {
  const drawing = `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 160 80" width="${Math.round(width / 8)}">
    <rect x="2" y="6" width="104" height="52" rx="3" fill="#c9ced6"/><rect x="2" y="44" width="104" height="14" fill="#8d96a3"/>
    <path d="M108 18h26l18 22v18h-44z" fill="#b3261e"/><path d="M114 24h17l13 16h-30z" fill="#d8e8f5"/>
    <circle cx="28" cy="62" r="12" fill="#1b1b1b"/><circle cx="86" cy="62" r="12" fill="#1b1b1b"/><circle cx="132" cy="62" r="12" fill="#1b1b1b"/>
    <circle cx="28" cy="62" r="5" fill="#777"/><circle cx="86" cy="62" r="5" fill="#777"/><circle cx="132" cy="62" r="5" fill="#777"/>
    <circle cx="150" cy="50" r="6" fill="#fff3c0"/></svg>`;
  return raw(sharp(Buffer.from(drawing)));
}

async function raw(image: Sharp): Promise<Raw> {
  const { data, info } = await image.raw().toBuffer({ resolveWithObject: true });
  return { data, raw: { width: info.width, height: info.height, channels: info.channels } };
}
