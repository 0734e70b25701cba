import assert from "node:assert/strict";
import camera from "../../workloads/processors/camera";
import type { CameraOptions } from "../../workloads/processors/camera/cameraOptions";
import { stepOfFrame } from "../../workloads/processors/camera/planFrame";
import { imageHeaders } from "../../workloads/processors/imageHeaders";
import { sharp } from "../../workloads/processors/tunedSharp";
import type { DeviceRecord } from "../../workloads/stage/processor";
import { processorContext } from "../support/processorContext";

const schedule = { motionFrames: 5, stillFrames: 2 };

function parse(options: object): CameraOptions {
  return camera.options!.parse({ schedule, framesPerSecond: 1000, ...options });
}

async function take(count: number, lane: number, from: bigint, options: object = {}): Promise<DeviceRecord[]> {
  const { context } = processorContext(parse(options));
  const records: DeviceRecord[] = [];
  for await (const record of camera.open(lane, from, context)) if (records.push(record) === count) break;
  return records;
}

const picturesOf = (records: DeviceRecord[]): Buffer[] =>
  records.flatMap(({ outputs }) => outputs.map(({ value }) => value as Buffer));

describe("camera: the built-in scene", () => {
  for (const [size, kilobytes] of [
    ["640x480", 40],
    ["1024x768", 87],
    ["1280x1024", 146],
  ] as const) {
    it(`gives whole JPEG frames of ${size} and ${kilobytes} kB, give or take 10 %`, async () => {
      const records = await take(5, 0, 0n, { size });
      for (const { outputs } of records) {
        const [frame] = outputs;
        assert.equal(frame!.contentType, "image/jpeg");
        const { info } = await sharp(frame!.value!, { failOn: "warning" }).raw().toBuffer({ resolveWithObject: true });
        assert.equal(`${info.width}x${info.height}`, size);
        assert.equal(
          `${String(frame!.headers![imageHeaders.width])}x${String(frame!.headers![imageHeaders.height])}`,
          size,
        );
        const off = Math.abs(frame!.value!.length / 1000 / kilobytes - 1);
        assert.ok(off < 0.1, `${frame!.value!.length} bytes, wanted ${kilobytes} kB`);
      }
    });
  }

  it("numbers the frames from the position on and gives none twice", async () => {
    const records = await take(21, 0, 40n);
    assert.deepEqual(
      records.map(({ position }) => position),
      Array.from({ length: 21 }, (_, at) => 40n + BigInt(at)),
    );
    const pictures = picturesOf(records).map((picture) => picture.toString("base64"));
    assert.equal(new Set(pictures).size, pictures.length);
  });

  it("gives the same bytes for the same lane and frame number, and other bytes on another lane", async () => {
    const first = picturesOf(await take(14, 1, 3n));
    const again = picturesOf(await take(11, 1, 6n));
    assert.deepEqual(again, first.slice(-again.length));
    const other = picturesOf(await take(14, 2, 3n)).map((picture) => picture.toString("base64"));
    for (const picture of first) assert.ok(!other.includes(picture.toString("base64")));
  });

  it("advances without an output while nothing moves", async () => {
    const moved = (await take(14, 0, 0n)).map(({ outputs }) => outputs.length);
    assert.deepEqual(moved, [1, 1, 1, 1, 1, 0, 0, 1, 1, 1, 1, 1, 0, 0]);
  });

  it("finds motion in every moving frame of the default schedule, on every size", async () => {
    const { motionFrames, stillFrames } = camera.options!.parse({}).schedule;
    for (const size of ["640x480", "1024x768", "1280x1024"]) {
      const records = await take(motionFrames + stillFrames, 0, BigInt(motionFrames + stillFrames), {
        size,
        schedule: { motionFrames, stillFrames },
      });
      assert.equal(picturesOf(records).length, motionFrames, size);
    }
  });

  it("gives every frame where motion does not matter", async () => {
    assert.equal(picturesOf(await take(7, 0, 0n, { onlyMotion: false })).length, 7);
  });

  it("ends when the lane stops", async () => {
    const { context, stop } = processorContext(parse({ framesPerSecond: 0.01 }));
    const records: DeviceRecord[] = [];
    for await (const record of camera.open(0, 0n, context)) {
      records.push(record);
      setImmediate(stop);
    }
    assert.equal(records.length, 1);
  });

  it("refuses options it does not know, by their names", () => {
    assert.throws(() => camera.options!.parse({ size: "800x600" }), /size/);
    assert.throws(() => camera.options!.parse({ frameRate: 2 }), /frameRate/);
    assert.throws(() => camera.options!.parse({ directory: "photos" }), /directory/);
  });
});

describe("stepOfFrame", () => {
  it("moves through the steps, holds the last one, and repeats", () => {
    const steps = Array.from({ length: 9 }, (_, frame) => stepOfFrame(0, BigInt(frame), schedule));
    assert.deepEqual(steps, [0, 1, 2, 3, 4, 4, 4, 0, 1]);
  });

  it("works for frame numbers beyond what a float can count", () => {
    assert.equal(stepOfFrame(0, 7n * 10n ** 18n + 2n, schedule), 2);
  });
});
