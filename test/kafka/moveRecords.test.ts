import assert from "node:assert/strict";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

describe("a stage", function () {
  this.timeout(240_000);

  for (const { size, count } of [
    { size: 1_000, count: 6_000 },
    { size: 87_000, count: 400 },
  ]) {
    it(`moves records of ${size} bytes to another cluster`, async () => {
      const { edge, cloud } = await clusters();
      const pipeline = await Pipeline.create({ name: `move-${size}`, process: "copy", source: edge, destination: cloud, partitions: 5, laneGroups: 2 });
      const stage = new StageProcess({ config: pipeline.config });
      try {
        await feed(edge, { topic: pipeline.sourceStream.topic, partitions: 5, count, size });
        await pipeline.untilDrained();
      } finally {
        assert.equal(await stage.end("SIGTERM"), 0);
      }
      const verdict = await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
      assert.deepEqual(verdict, { ...exact, source: count, records: count });
    });
  }
});

const exact = { lost: 0, doubled: 0, outOfOrder: 0, damaged: 0, invented: 0, foreign: 0, deadLetters: 0, openEnd: 0 };
