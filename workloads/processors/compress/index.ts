import { z } from "zod";
import type { StreamProcessor } from "../../stage/processor";
import { imageHeaders } from "../imageHeaders";
import { sharp } from "../tunedSharp";

const compressOptions = z.strictObject({
  quality: z.int().min(1).max(100).default(50).describe("JPEG quality of the result"),
  maxWidth: z
    .int()
    .min(16)
    .optional()
    .describe("Wider images are scaled down to this, pixels; default: the size stays"),
});

/** A decoded image of this many pixels takes about 200 MB; a header that claims more is refused before it is decoded. */
const largestPixels = 64_000_000;

/** Encodes each JPEG anew with a lower quality. What is no whole JPEG becomes a dead letter. */
const compress: StreamProcessor<z.output<typeof compressOptions>> = {
  options: compressOptions,
  async process({ value }, { options }) {
    // A record without a value is a deletion mark, not a picture.
    if (value === null) return [{ value }];
    if (value.length < 3 || value.readUIntBE(0, 3) !== 0xffd8ff) throw new Error(`not a JPEG: ${describe(value)}`);
    const image = sharp(value, { limitInputPixels: largestPixels, sequentialRead: true });
    const original = await image.metadata();
    const { data, info } = await image
      .autoOrient()
      .resize({ width: options.maxWidth, withoutEnlargement: true })
      .jpeg({ quality: options.quality })
      .toBuffer({ resolveWithObject: true });
    return [
      {
        value: data,
        contentType: "image/jpeg",
        headers: {
          [imageHeaders.width]: String(info.width),
          [imageHeaders.height]: String(info.height),
          [imageHeaders.originalWidth]: String(original.width),
          [imageHeaders.originalHeight]: String(original.height),
          [imageHeaders.originalBytes]: String(value.length),
        },
      },
    ];
  },
};

function describe(value: Buffer): string {
  return value.length === 0
    ? "the record is empty"
    : `${value.length} bytes that begin with ${value.subarray(0, 8).toString("hex")}`;
}

export default compress;
