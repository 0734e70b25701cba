import sharp from "sharp";

// Lanes already run side by side (on libuv's pool), so more threads per image would only fight over two or four small cores.
sharp.concurrency(1);
// No image is ever opened twice: libvips' operation cache would hold on to memory for nothing.
sharp.cache(false);

export { sharp };
