import assert from "node:assert/strict";
import { join } from "node:path";
import { cameraOptions } from "../../workloads/processors/camera/cameraOptions";
import { grey, hasMotion } from "../../workloads/processors/camera/detectMotion";
import { sharp } from "../../workloads/processors/tunedSharp";

const photograph = join(__dirname, "../../workloads/processors/camera/launch-site.jpg");
const threshold = cameraOptions.parse({}).motion;
const [width, height] = [640, 427];

/** The photograph as a camera would deliver it, with what happened in front of it. */
async function view(change: {
  quality?: number;
  brightness?: number;
  noise?: number;
  person?: { left: number };
}): Promise<Buffer> {
  const layers = [];
  if (change.noise) {
    const noise = { type: "gaussian", mean: 128, sigma: change.noise } as const;
    const input = await sharp({ create: { width, height, channels: 3, background: "#808080", noise } })
      .png()
      .toBuffer();
    layers.push({ input, blend: "soft-light" as const });
  }
  if (change.person) {
    const input = Buffer.from(
      '<svg width="26" height="70"><ellipse cx="13" cy="35" rx="12" ry="34" fill="#777"/></svg>',
    );
    layers.push({ input, left: change.person.left, top: 300 });
  }
  return sharp(photograph)
    .composite(layers)
    .linear(1, change.brightness ?? 0)
    .jpeg({ quality: change.quality ?? 85 })
    .toBuffer();
}

async function moved(before: Buffer, after: Buffer): Promise<boolean> {
  return hasMotion(await grey(before), await grey(after), threshold);
}

describe("hasMotion", () => {
  it("sees a person who takes a step", async () => {
    assert.equal(await moved(await view({ person: { left: 240 } }), await view({ person: { left: 262 } })), true);
  });

  it("sees a person who comes in", async () => {
    assert.equal(await moved(await view({}), await view({ person: { left: 240 } })), true);
  });

  it("does not take the same view for motion, encoded otherwise", async () => {
    assert.equal(await moved(await view({ quality: 85 }), await view({ quality: 40 })), false);
  });

  it("does not take the noise of a sensor at dusk for motion", async () => {
    assert.equal(await moved(await view({ noise: 25 }), await view({ noise: 25 })), false);
  });

  it("does not take a change of the light for motion", async () => {
    assert.equal(await moved(await view({}), await view({ brightness: 20 })), false);
  });
});
