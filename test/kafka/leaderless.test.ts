import { strict as assert } from "node:assert";
import { stageGroup } from "../../core/naming";
import { until } from "../../core/wait";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";

const [name, partitions, count] = ["leaderless", 2, 20];

/** kafkajs refuses all that is known of a topic where one of its partitions has no leader. */
describe("a source partition without a leader", function () {
  this.timeout(1_200_000);

  it("keeps no new copy from running the other lanes", async () => {
    buildStage();
    const [source, destination] = await Promise.all([
      LocalKafka.start({ name, brokers: 3 }),
      LocalKafka.start({ name: `${name}-to`, brokers: 1 }),
    ]);
    const stages: StageProcess[] = [];
    try {
      const pipeline = await Pipeline.create({ name, process: "copy", source, destination, partitions, laneGroups: 1 });
      const { topic } = pipeline.sourceStream;
      const start = () => stages[stages.push(new StageProcess({ config: pipeline.config })) - 1]!;
      // Each lane on one broker only.
      await source.withAdmin((admin) => admin.deleteTopics({ topics: [topic] }));
      const brokers = source.brokerIds.slice(0, partitions);
      const replicaAssignment = brokers.map((id, partition) => ({ partition, replicas: [id] }));
      await source.createTopics([{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }]);

      const feedAll = () => feed(source, { topic, partitions, count, size: 100 });
      await feedAll();
      const first = start();
      await pipeline.untilDrained(300);
      await first.end("SIGTERM");
      await feedAll();
      const coordinator = await source.coordinatorOf(stageGroup("test", name), "__consumer_offsets");
      const lost = brokers.find((id) => id !== coordinator)!;
      const lane = brokers.findIndex((id) => id !== lost);
      await source.signalBroker(lost, "SIGKILL");
      await until(
        `a partition of ${topic} has no leader`,
        async () => {
          const known = await source
            .withAdmin((admin) => admin.fetchTopicMetadata({ topics: [topic] }))
            .then(
              () => "all of it",
              (error: Error) => error.message,
            );
          assert.match(known, /no leader/);
        },
        { within: 300 },
      );
      start();
      await until(
        "the other lane goes on",
        async () => assert.equal((await pipeline.positions()).get(lane), BigInt(count)),
        {
          within: 300,
        },
      );
      source.startBroker(lost);
      await pipeline.untilDrained(600);
      const streams = { source: pipeline.sourceStream, destination: pipeline.destinationStream };
      assertExact(await auditStream(streams), 2 * count);
    } finally {
      for (const stage of stages) await stage.end("SIGKILL");
      await Promise.all([source.stop(), destination.stop()]);
    }
  });
});
