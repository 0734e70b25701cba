import { LocalKafka } from "../support/localKafka";
import { stageGroup } from "../../core/naming";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const [name, partitions, count] = ["muted", 6, 60];

/** Its own cluster hears it, so its partitions stay with it. */
describe("a source broker that answers no stage", function () {
  this.timeout(2_400_000);

  it("keeps only its own lanes from going on, in a new attempt and in a new copy too", async () => {
    buildStage();
    const links = await Toxiproxy.start();
    const stagesThrough = (broker: number, port: number) => links.listen(`${name}-${broker}`, port);
    const [source, destination] = await Promise.all([
      LocalKafka.start({ name, brokers: 3, stagesThrough }),
      LocalKafka.start({ name: `${name}-to`, brokers: 1 }),
    ]);
    const stages: StageProcess[] = [];
    try {
      const pipeline = await Pipeline.create({ name, process: "copy", source, destination, partitions, laneGroups: 1 });
      const { topic } = pipeline.sourceStream;
      const feedAll = () => feed(source, { topic, partitions, count, size: 100 });
      const start = () => stages[stages.push(new StageProcess({ config: pipeline.config })) - 1]!;
      const first = start();
      await feedAll();
      await pipeline.untilDrained(300);

      const coordinator = await source.coordinatorOf(stageGroup("test", name), "__consumer_offsets");
      const muted = source.brokerIds.find((id) => id !== coordinator)!;
      const leaders = await source.withAdmin((admin) => admin.fetchTopicMetadata({ topics: [topic] }));
      const others = leaders.topics[0]!.partitions.filter(({ leader }) => leader !== muted);
      const othersGoOn = async () => {
        await feedAll();
        await pipeline.untilDrained(
          300,
          others.map(({ partitionId }) => partitionId),
        );
      };
      const before = first.lines.length;
      await links.poisonBothWays(`${name}-${muted}`, { type: "timeout", attributes: { timeout: 0 } });
      await othersGoOn();
      await first.untilLine("begins anew", ({ to }) => to === "rebuilding", before, 300);
      await othersGoOn();
      await first.end("SIGKILL");
      start();
      await othersGoOn();

      await links.heal();
      await pipeline.untilDrained(600);
      const streams = { source: pipeline.sourceStream, destination: pipeline.destinationStream };
      assertExact(await auditStream(streams), 4 * count);
    } finally {
      for (const stage of stages) await stage.end("SIGKILL");
      await Promise.all([source.stop(), destination.stop()]);
      await links.stop();
    }
  });
});
