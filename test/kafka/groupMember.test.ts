import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { stageGroup } from "../../core/naming";
import { LocalKafka } from "../support/localKafka";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

describe("a member of a stage's group", () => {
  before(buildStage);

  // kafkajs' consumer asks the leaders of its partitions for positions after each join, and does not heartbeat meanwhile.
  it("stays in while a leader of its lanes swallows everything", async function () {
    this.timeout(600_000);
    const links = await Toxiproxy.start();
    const stagesThrough = (broker: number, port: number) => links.listen(`member-${broker}`, port);
    const kafka = await LocalKafka.start({ name: "member", brokers: 3, stagesThrough });
    const stages: StageProcess[] = [];
    try {
      const ends = { source: kafka, destination: kafka };
      const pipeline = await Pipeline.create({
        name: "member",
        process: "copy",
        ...ends,
        partitions: 6,
        laneGroups: 2,
      });
      const start = () => stages[stages.push(new StageProcess({ config: pipeline.config })) - 1]!;

      const first = start();
      await first.untilRunning(2);
      const coordinator = await kafka.coordinatorOf(stageGroup("test", "member"), "__consumer_offsets");
      const mute = kafka.brokerIds.find((id) => id !== coordinator)!;
      await links.poisonBothWays(`member-${mute}`, { type: "timeout", attributes: { timeout: 0 } });
      const before = first.lines.length;
      const second = start();
      await second.untilLine("the second is assigned a lane group", ({ groups }) => groups?.length === 1, 0);
      await first.untilLine("the first keeps the other", ({ groups }) => groups?.length === 1, before);

      const since = stages.map(({ lines }) => lines.length);
      await sleep(3 * pipeline.config.timing!.sessionMs!);
      const said = stages.flatMap(({ lines }, stage) => lines.slice(since[stage]!));
      assert.deepEqual(
        said.filter(({ msg }) => msg === "lane groups assigned" || /^membership/.test(msg ?? "")),
        [],
      );
      await links.heal();
      await first.untilRunning();
    } finally {
      await links.heal();
      await Promise.all(stages.map((stage) => stage.end("SIGTERM")));
      await kafka.stop();
      await links.stop();
    }
  });
});
