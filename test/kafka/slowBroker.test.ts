import { stageGroup } from "../../core/naming";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { assertExact } from "../support/exact";
import { StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const [name, partitions, count] = ["slow", 6, 60];
/** Each way: an answer takes twice as long, more than any fixed limit of a request. */
const latency = 4000;

describe("a broker that is slower than the limit of a request", function () {
  this.timeout(600_000);

  // The other leader's answers hid that this one never gave any.
  it("serves its lanes all the same", async () => {
    const links = await Toxiproxy.start();
    const { cloud } = await clusters();
    const stagesThrough = (broker: number, port: number) => links.listen(`${name}-${broker}`, port);
    const kafka = await LocalKafka.start({ name, brokers: 3, stagesThrough });
    let stage: StageProcess | undefined;
    try {
      const pipeline = await Pipeline.create({
        name,
        process: "copy",
        source: kafka,
        destination: cloud,
        partitions,
        laneGroups: 1,
      });
      stage = new StageProcess({ config: pipeline.config });
      await stage.untilRunning();
      const coordinator = await kafka.coordinatorOf(stageGroup("test", name), "__consumer_offsets");
      const slow = kafka.brokerIds.find((id) => id !== coordinator)!;
      for (const stream of ["upstream", "downstream"] as const)
        await links.poison(`${name}-${slow}`, stream, { type: "latency", attributes: { latency } });
      await feed(kafka, { topic: pipeline.config.from!.topic, partitions, count, size: 100 });
      await pipeline.untilDrained(400);
      assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), count);
    } finally {
      await stage?.end("SIGTERM");
      await kafka.stop();
      await links.stop();
    }
  });
});
