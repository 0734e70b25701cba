import assert from "node:assert/strict";
import { copyFile, mkdir, mkdtemp, readFile, rename, rm, truncate, writeFile, appendFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import camera from "../../workloads/processors/camera";
import type { CameraOptions } from "../../workloads/processors/camera/cameraOptions";
import { numberOfName } from "../../workloads/processors/camera/numberOfName";
import { labelFrame } from "../../workloads/processors/camera/labelFrame";
import type { DeviceRecord } from "../../workloads/stage/processor";
import { processorContext, type TestContext } from "../support/processorContext";

const photograph = join(__dirname, "../../workloads/processors/camera/launch-site.jpg");

describe("camera: a directory of JPEG files", () => {
  let directory: string;
  let photo: Buffer;

  before(async () => {
    photo = await readFile(photograph);
  });
  beforeEach(async () => {
    directory = await mkdtemp(join(tmpdir(), "iotef-camera-"));
  });
  afterEach(async () => {
    await rm(directory, { recursive: true });
  });

  const save = (name: string, label = name): Promise<void> =>
    writeFile(join(directory, name), labelFrame(photo, label));
  const opened = (options: object = {}): TestContext<CameraOptions> =>
    processorContext(camera.options!.parse({ directory, ...options }));

  async function read(count: number, from: bigint, test = opened(), lane = 0): Promise<DeviceRecord[]> {
    const records: DeviceRecord[] = [];
    for await (const record of camera.open(lane, from, test.context)) if (records.push(record) === count) break;
    return records;
  }

  it("reads the files in the order of their numbers, unchanged", async () => {
    for (const name of ["frame-00000011.jpg", "frame-00000009.jpg", "frame-00000010.JPEG"]) await save(name);
    await writeFile(join(directory, "notes.txt"), "no picture");
    const records = await read(3, 0n);
    assert.deepEqual(
      records.map(({ position }) => position),
      [9n, 10n, 11n],
    );
    assert.deepEqual(records[1]!.outputs, [
      { value: await readFile(join(directory, "frame-00000010.JPEG")), contentType: "image/jpeg" },
    ]);
  });

  it("goes on at the position after a restart, with the same bytes", async () => {
    for (const name of ["20261125124530-00.jpg", "20261125124530-01.jpg", "20261125124531-00.jpg"]) await save(name);
    const all = await read(3, 0n);
    const again = await read(2, all[0]!.position + 1n);
    assert.deepEqual(again, all.slice(1));
  });

  it("takes files that come later", async () => {
    await save("1.jpg");
    const { context } = opened();
    const reading = camera.open(0, 0n, context)[Symbol.asyncIterator]();
    assert.equal((await reading.next()).value.position, 1n);
    const second = reading.next();
    await save("2.jpg");
    assert.equal((await second).value.position, 2n);
    await reading.return!();
  });

  it("does not take a half-written file, nor one that is being put in place under a hidden name", async () => {
    const whole = labelFrame(photo, "written slowly");
    const path = join(directory, "5.jpg");
    await writeFile(path, whole.subarray(0, 40_000));
    const reading = read(2, 0n);
    await new Promise((resolve) => setTimeout(resolve, 700));
    await appendFile(path, whole.subarray(40_000));
    await save(".6.jpg");
    await rename(join(directory, ".6.jpg"), join(directory, "6.jpg"));
    const records = await reading;
    assert.deepEqual(records[0]!.outputs[0]!.value, whole);
    assert.equal(records[1]!.position, 6n);
  });

  it("gives each lane its own folder, and lane 0 the folder itself where there are none", async () => {
    await mkdir(join(directory, "1"));
    await save("1/7.jpg");
    await save("8.jpg");
    assert.equal((await read(1, 0n, opened(), 1))[0]!.position, 7n);
    assert.equal((await read(1, 0n))[0]!.position, 8n);
  });

  it("waits for a camera that is not attached yet", async () => {
    const reading = read(1, 0n, opened(), 3);
    await mkdir(join(directory, "3"));
    await save("3/1.jpg");
    assert.equal((await reading)[0]!.position, 1n);
  });

  it("says when a file comes too late to be read", async () => {
    await save("10.jpg");
    const test = opened();
    const reading = camera.open(0, 0n, test.context)[Symbol.asyncIterator]();
    await reading.next();
    await save("9.jpg");
    await save("11.jpg");
    assert.equal((await reading.next()).value.position, 11n);
    assert.deepEqual(test.logged[0]?.fields, { files: ["9.jpg"], position: "11" });
    await reading.return!();
  });

  it("leaves out still frames when asked to, also right after a restart", async () => {
    await copyFile(photograph, join(directory, "1.jpg"));
    await save("2.jpg");
    const records = await read(2, 1n, opened({ onlyMotion: true }));
    assert.deepEqual(
      records.map(({ outputs }) => outputs.length),
      [1, 0],
    );
    const [again] = await read(1, 2n, opened({ onlyMotion: true }));
    assert.deepEqual(again!.outputs, []);
  });

  it("passes on what cannot be decoded: it becomes a dead letter further on", async () => {
    await save("1.jpg");
    await truncate(join(directory, "1.jpg"), 300);
    await appendFile(join(directory, "1.jpg"), Buffer.from([0xff, 0xd9]));
    const [record] = await read(1, 0n, opened({ onlyMotion: true }));
    assert.equal(record!.outputs[0]!.value!.length, 302);
  });

  it("stops at two files with one number, naming both", async () => {
    await save("a1.jpg");
    await save("b1.jpg");
    await assert.rejects(read(1, 0n), /a1\.jpg and b1\.jpg are both number 1; rename one/);
  });
});

describe("numberOfName", () => {
  it("reads all digits as one number", () => {
    assert.equal(numberOfName("20261125124530-02.jpg"), 2026112512453002n);
    assert.equal(numberOfName("frame-00000012.jpeg"), 12n);
    assert.equal(numberOfName("frame-12.png"), undefined);
    assert.equal(numberOfName(".frame-12.jpg"), undefined);
  });

  it("refuses names that give no position", () => {
    assert.throws(() => numberOfName("photo.jpg"), /photo\.jpg: no number in the name; name files so/);
    assert.throws(() => numberOfName("20261125124530-20261125124530.jpg"), /use at most 18 digits/);
  });
});
