import assert from "node:assert/strict";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

/** Beside a broker, a kubelet and the system an edge host of 1 GB has no more for a copy. */
const memoryMiB = 200;

const loads = [
  { name: "images", size: 87_000, count: 1_500 },
  { name: "readings", size: 1_000, count: 60_000 },
];

describe(`a copy with ${memoryMiB} MiB of memory`, function () {
  this.timeout(600_000);

  for (const { name, size, count } of loads) {
    it(`takes a backlog of ${count} ${name} at full rate`, async () => {
      const { edge, cloud } = await clusters();
      const pipeline = await Pipeline.create({
        name: `memory-${name}`,
        process: "copy",
        source: edge,
        destination: cloud,
        partitions: 5,
        laneGroups: 2,
      });
      await feed(edge, { topic: pipeline.sourceStream.topic, partitions: 5, count, size });
      const stage = new StageProcess({ config: pipeline.config, memoryMiB });
      try {
        await stage.untilRunning(2);
        await pipeline.untilDrained(300).finally(() => assert.ok(stage.isAlive, "it needed more: the kernel ended it"));
      } finally {
        await stage.end("SIGTERM");
      }
      const streams = { source: pipeline.sourceStream, destination: pipeline.destinationStream };
      assertExact(await auditStream(streams), count);
    });
  }
});
