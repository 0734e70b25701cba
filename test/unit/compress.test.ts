import assert from "node:assert/strict";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import compress from "../../workloads/processors/compress";
import { imageHeaders } from "../../workloads/processors/imageHeaders";
import { sharp } from "../../workloads/processors/tunedSharp";
import type { OutputRecord, SourceRecord } from "../../workloads/stage/processor";
import { processorContext } from "../support/processorContext";

const photograph = join(__dirname, "../../workloads/processors/camera/launch-site.jpg");

function record(value: Buffer | null): SourceRecord {
  return {
    key: null,
    value,
    headers: {},
    timestamp: 0,
    coordinates: { clusterId: "c", topic: "frames", partition: 0, offset: 0n },
  };
}

async function run(value: Buffer | null, options: object = {}): Promise<OutputRecord> {
  const { context } = processorContext(compress.options!.parse(options));
  const outputs = await compress.process(record(value), context);
  assert.equal(outputs.length, 1);
  return outputs[0]!;
}

describe("compress", () => {
  let photo: Buffer;
  before(async () => {
    photo = await readFile(photograph);
  });

  it("makes a real photograph much smaller at the same size, and keeps what it was", async () => {
    const output = await run(photo);
    assert.equal(output.contentType, "image/jpeg");
    assert.ok(output.value!.length < photo.length / 3, `${photo.length} to ${output.value!.length} bytes`);
    const { width, height, format } = await sharp(output.value!).metadata();
    assert.deepEqual([width, height, format], [640, 427, "jpeg"]);
    assert.deepEqual(output.headers, {
      [imageHeaders.width]: "640",
      [imageHeaders.height]: "427",
      [imageHeaders.originalWidth]: "640",
      [imageHeaders.originalHeight]: "427",
      [imageHeaders.originalBytes]: String(photo.length),
    });
  });

  it("stays the same picture: no point is off by much", async () => {
    const pixels = (image: Buffer): Promise<Buffer> =>
      sharp(image).greyscale().resize(160, 107, { fit: "fill" }).raw().toBuffer();
    const [before, after] = [await pixels(photo), await pixels((await run(photo)).value as Buffer)];
    const off = before.reduce((sum, level, at) => sum + Math.abs(level - after[at]!), 0) / before.length;
    assert.ok(off < 2, `mean difference ${off} grey levels`);
  });

  it("is smaller the lower the quality", async () => {
    const sizes = [];
    for (const quality of [20, 50, 80]) sizes.push((await run(photo, { quality })).value!.length);
    assert.deepEqual(
      sizes,
      [...sizes].sort((one, other) => one - other),
    );
  });

  it("scales down to maxWidth and never up", async () => {
    const small = await run(photo, { maxWidth: 320 });
    assert.equal(small.headers![imageHeaders.width], "320");
    assert.equal(small.headers![imageHeaders.originalWidth], "640");
    assert.equal((await run(photo, { maxWidth: 4000 })).headers![imageHeaders.width], "640");
  });

  it("gives the same bytes for the same record", async () => {
    assert.deepEqual(await run(photo), await run(photo));
  });

  it("turns a picture upright that says it lies on its side", async () => {
    const lying = await sharp(photo).withMetadata({ orientation: 6 }).toBuffer();
    assert.equal((await run(lying)).headers![imageHeaders.width], "427");
  });

  it("passes a deletion mark on", async () => {
    assert.equal((await run(null)).value, null);
  });

  it("refuses what is no whole JPEG, with the reason", async () => {
    await assert.rejects(run(Buffer.alloc(0)), /not a JPEG: the record is empty/);
    await assert.rejects(run(Buffer.from("not a picture")), /not a JPEG: 13 bytes that begin with 6e6f7420/);
    const png = await sharp(photo).resize(16).png().toBuffer();
    await assert.rejects(run(png), /not a JPEG/);
    await assert.rejects(run(photo.subarray(0, 50_000)), /premature end/i);
    await assert.rejects(run(photo.subarray(0, 100)));
  });

  it("refuses a picture whose header claims more pixels than a stage has memory for", async () => {
    const huge = Buffer.from(photo);
    const frameHeader = huge.findIndex((byte, at) => byte === 0xff && (huge[at + 1] === 0xc0 || huge[at + 1] === 0xc2));
    huge.writeUInt16BE(60_000, frameHeader + 5);
    huge.writeUInt16BE(60_000, frameHeader + 7);
    await assert.rejects(run(huge), /pixel limit/);
  });

  it("refuses options it does not know, by their names", () => {
    assert.throws(() => compress.options!.parse({ quality: 0 }), /quality/);
    assert.throws(() => compress.options!.parse({ size: "640x480" }), /size/);
  });
});
