/** Record headers of the image processors, as decimal text. */
export const imageHeaders = {
  width: "iotef-image-width",
  height: "iotef-image-height",
  /** Of the image before compression. */
  originalWidth: "iotef-image-original-width",
  originalHeight: "iotef-image-original-height",
  originalBytes: "iotef-image-original-bytes",
} as const;
