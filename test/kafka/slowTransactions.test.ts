import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const [name, partitions, count] = ["sluggish", 2, 40];
/** Each way. Every request keeps its limit of 5 s, but adding partitions, writing and ending take 9 s and more together. */
const latency = 1500;
/** The least that can be set. */
const transactionTimeoutMs = 5000;

describe("brokers that need longer for a transaction than it may take", function () {
  this.timeout(1_500_000);

  // With a fixed limit the coordinator aborted each one just before its end, and the copy began anew for ever.
  it("get longer ones, and have every record once", async () => {
    const links = await Toxiproxy.start();
    const { edge } = await clusters();
    const kafka = await LocalKafka.start({
      name,
      brokers: 1,
      stagesThrough: (broker, port) => links.listen(`${name}-${broker}`, port),
      properties: { "transaction.abort.timed.out.transaction.cleanup.interval.ms": "1000" },
    });
    let stage: StageProcess | undefined;
    try {
      const pipeline = await Pipeline.create({
        name,
        process: "copy",
        source: edge,
        destination: kafka,
        partitions,
        laneGroups: 1,
      });
      await feed(edge, { topic: pipeline.config.from!.topic, partitions, count, size: 100 });
      await links.poisonBothWays(`${name}-1`, { type: "latency", attributes: { latency } });
      stage = new StageProcess({ config: { ...pipeline.config, timing: { transactionTimeoutMs } } });
      await pipeline.untilDrained(600);
      await links.heal();
      const streams = { source: pipeline.sourceStream, destination: pipeline.destinationStream };
      assertExact(await auditStream(streams), count);
    } finally {
      await stage?.end("SIGTERM");
      await kafka.stop();
      await links.stop();
    }
  });
});
