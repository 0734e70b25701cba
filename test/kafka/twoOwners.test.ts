import assert from "node:assert/strict";
import { stageGroup } from "../../core/naming";
import { until } from "../../core/wait";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

/** Faults B7 and B8 of facts/kafka.md 5. */
describe("two copies that both take themselves for the owner of a lane", function () {
  this.timeout(900_000);

  before(buildStage);

  // B7: the group cannot know of a transaction that is open at the destination; only the fence can refuse its commit.
  it("both commit the same input after a rebalance in the midst of a transaction (aiokafka#844, alpakka-kafka#739)", async () => {
    const [name, partitions, count] = ["midst", 2, 40];
    const kafka = await LocalKafka.start({ name, brokers: 1 });
    const copies: StageProcess[] = [];
    try {
      const pipeline = await Pipeline.create({
        name,
        process: "copy",
        source: kafka,
        destination: kafka,
        partitions,
        laneGroups: 1,
      });
      const start = (place: string, faults = {}) =>
        copies[copies.push(new StageProcess({ config: { ...pipeline.config, place }, faults })) - 1]!;
      await feed(kafka, { topic: pipeline.sourceStream.topic, partitions, count, size: 500 });
      // Its first commit claims the lanes.
      const first = start("first", { at: { 2: "stopped" } });
      await first.untilLine(
        "stands still with a transaction that is written",
        ({ fault }) => fault === "stopped",
        0,
        300,
      );
      const second = start("second");
      await second.untilRunning();
      await pipeline.untilDrained();
      // Its commit is seen before it has heard of it.
      await until(
        "the second has processed what the first had in hand",
        async () => assert.equal((await second.scrape()).sum("iotef_stage_records_in_total"), count),
        { within: 60, every: 0.2 },
      );

      const woken = first.lines.length;
      first.signal("SIGCONT");
      const refused = ({ reason }: { reason?: string }) =>
        /EndTxn of .*(INVALID_PRODUCER_EPOCH|PRODUCER_FENCED)/.test(reason ?? "");
      await first.untilLine("its commit, sent now, is refused", refused, woken, 300);
      assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), count);
    } finally {
      await Promise.all(copies.map((copy) => copy.end("SIGKILL")));
      await kafka.stop();
    }
  });

  // B8: a copy that is fenced and makes a new producer at once fences the one that fenced it, which does the same.
  it("fence each other in turn for ever (confluent-kafka-go#722, corda-runtime-os#2418)", async () => {
    const [name, partitions, count] = ["turns", 4, 200];
    const links = await Toxiproxy.start();
    const [source, destination] = await Promise.all([
      LocalKafka.start({
        name,
        brokers: 2,
        stagesThrough: (broker, port) => links.listen(`${name}-${broker}`, port),
      }),
      LocalKafka.start({ name: `${name}-to`, brokers: 1 }),
    ]);
    const copies: StageProcess[] = [];
    try {
      const pipeline = await Pipeline.create({ name, process: "copy", source, destination, partitions, laneGroups: 1 });
      const from = pipeline.config.from!;
      const feedIn = (rate?: number) =>
        feed(source, { topic: from.topic, partitions, count, size: 100, ...(rate && { rate }) });
      const start = (place: string, bootstrapServers: string[]) => {
        const config = { ...pipeline.config, place, from: { ...from, bootstrapServers } };
        return copies[copies.push(new StageProcess({ config })) - 1]!;
      };
      const cut = start("cut", source.stageBootstrapServers);
      await cut.untilRunning();
      const other = start("other", source.bootstrapServers);
      await other.untilLine("is a spare", ({ groups }) => groups?.length === 0, 0);
      await feedIn();
      await pipeline.untilDrained();

      // The group takes it for dead, and it goes on with the lanes that the other broker leads.
      const coordinator = await source.coordinatorOf(stageGroup("test", name), "__consumer_offsets");
      await links.poisonBothWays(`${name}-${coordinator}`, { type: "timeout", attributes: { timeout: 0 } });
      await other.untilRunning();
      await feedIn();
      const { reason } = await cut.untilLine("is fenced", ({ to }) => to === "standing-down", 0, 300);
      assert.match(reason!, /INVALID_PRODUCER_EPOCH|PRODUCER_FENCED/);

      // Both live.
      await feedIn(20);
      await pipeline.untilDrained();
      const became = (copy: StageProcess) => copy.lines.flatMap(({ to }) => (to === undefined ? [] : [to]));
      assert.equal(became(cut).at(-1), "standing-down", "it took the lanes without the group's word");
      assert.ok(!became(other).includes("standing-down"), "the fenced one fenced it in return");

      const since = cut.lines.length;
      await links.heal();
      await cut.untilLine("is a member again", ({ groups }) => groups !== undefined, since, 300);
      await feedIn();
      await pipeline.untilDrained();
      const { sourceStream, destinationStream } = pipeline;
      assertExact(await auditStream({ source: sourceStream, destination: destinationStream }), 4 * count);
    } finally {
      await Promise.all(copies.map((copy) => copy.end("SIGKILL")));
      await Promise.all([source.stop(), destination.stop()]);
      await links.stop();
    }
  });
});
