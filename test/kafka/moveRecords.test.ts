import assert from "node:assert/strict";
import { until } from "../../core/wait";
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
    // B17 (facts/kafka.md 5): more than the 1 MiB that brokers and clients take by default.
    { size: 2_000_000, count: 20 },
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
        // Its last commit is seen before it has heard of it.
        await until(
          "all are counted",
          async () => assert.equal((await stage.scrape()).sum("iotef_stage_records_in_total"), count),
          { within: 60, every: 0.2 },
        );
      });
      assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), count);
    });
  }
});
