import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

const [partitions, laneGroups, count] = [2, 1, 40];
/** Larger than a block of snappy's stream (32 KiB). */
const size = 100_000;

/** The brokers compress what is written, by Kafka's own code. */
describe("a source whose records are compressed", function () {
  this.timeout(600_000);

  for (const codec of ["gzip", "snappy", "lz4", "zstd"]) {
    it(`is read where that is ${codec}`, async () => {
      const { edge, cloud } = await clusters();
      const [name, process] = [codec, "copy"];
      const pipeline = await Pipeline.create({
        name,
        process,
        source: edge,
        destination: cloud,
        partitions,
        laneGroups,
      });
      const { topic } = pipeline.sourceStream;
      await edge.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
      const configEntries = [{ name: "compression.type", value: codec }];
      await edge.createTopics([{ topic, numPartitions: partitions, configEntries }]);
      await feed(edge, { topic, partitions, count, size });
      const stage = new StageProcess({ config: pipeline.config });
      try {
        await pipeline.untilDrained();
      } finally {
        await stage.end("SIGTERM");
      }
      const streams = { source: pipeline.sourceStream, destination: pipeline.destinationStream };
      assertExact(await auditStream(streams), count);
    });
  }
});
