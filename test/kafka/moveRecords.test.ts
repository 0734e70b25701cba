import assert from "node:assert/strict";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { whileStageRuns } from "../support/stageProcess";

describe("moving records", function () {
  this.timeout(600_000);

  for (const { size, count } of [
    { size: 1_000, count: 6_000 },
    { size: 87_000, count: 400 },
  ]) {
    it(`brings each record of ${size} bytes to another cluster once and in order`, async () => {
      const { edge, cloud } = await clusters();
      const pipeline = await Pipeline.create({
        name: `move-${size}`,
        process: "copy",
        source: edge,
        destination: cloud,
        partitions: 5,
        laneGroups: 2,
      });
      await whileStageRuns(pipeline.config, async (stage) => {
        await feed(edge, { topic: pipeline.sourceStream.topic, partitions: 5, count, size });
        await pipeline.untilDrained();
        const ready = await stage.get("/readyz");
        assert.equal(ready.status, 200, ready.text);
        const { text } = await stage.get("/metrics");
        const counted = [...text.matchAll(/^iotef_stage_records_in_total\{.*\} (\d+)$/gm)].map(([, n]) => Number(n));
        assert.equal(
          counted.reduce((a, b) => a + b, 0),
          count,
        );
      });
      assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), count);
    });
  }
});
