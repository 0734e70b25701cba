import assert from "node:assert/strict";
import { stageGroup } from "../../core/naming";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { assertExact } from "../support/exact";
import { StageProcess, type LogLine } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const [name, partitions, count] = ["slow", 6, 60];
/** Each way: an answer takes twice as long, more than any fixed limit of a request. */
const latency = 4000;

describe("a broker that is slower than the limit of a request", function () {
  this.timeout(1_500_000);

  // The other leader's answers hid that this one never gave any.
  it("serves its lanes all the same, and is told of when it gives no answer at all", async () => {
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
      await links.poisonBothWays(`${name}-${slow}`, { type: "latency", attributes: { latency } });
      const records = { topic: pipeline.config.from!.topic, partitions, count, size: 100 };
      await feed(kafka, records);
      await pipeline.untilDrained(400);
      await until(
        "the lag of all lanes is known",
        async () => assert.equal(Object.keys(await stage!.lag()).length, partitions),
        { within: 400, every: 0.5 },
      );

      await links.poisonBothWays(`${name}-${slow}`, { type: "timeout", attributes: { timeout: 0 } });
      const before = stage.lines.length;
      await feed(kafka, records);
      const silent = ({ msg }: LogLine) => /^lane \d: its leader has not answered for \d+ s$/.test(msg ?? "");
      const { lane } = await stage.untilLine("says whose leader is silent", silent, before, 300);
      assert.equal((await stage.lag())[lane as number], undefined, "what waits there is not known any more");
      await links.heal();
      await pipeline.untilDrained(400);
      const streams = { source: pipeline.sourceStream, destination: pipeline.destinationStream };
      assertExact(await auditStream(streams), 2 * count);
    } finally {
      await stage?.end("SIGTERM");
      await kafka.stop();
      await links.stop();
    }
  });
});
