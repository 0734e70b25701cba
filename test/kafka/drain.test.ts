import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { withProducer } from "../support/feed";
import { LocalKafka } from "../support/localKafka";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const [name, partitions] = ["drain", 3];

describe("a copy that is told to end", function () {
  this.timeout(600_000);
  before(buildStage);

  it("does not keep the lanes of its other groups until one that cannot commit gives up", async () => {
    const links = await Toxiproxy.start();
    const stagesThrough = (broker: number, port: number) => links.listen(`${name}-${broker}`, port);
    const kafka = await LocalKafka.start({ name, brokers: 1, stagesThrough });
    const stages: StageProcess[] = [];
    try {
      const ends = { source: kafka, destination: kafka };
      const pipeline = await Pipeline.create({ name, process: "copy", ...ends, partitions, laneGroups: partitions });
      const from = { ...pipeline.config.from!, bootstrapServers: kafka.bootstrapServers };
      const direct = { ...pipeline.config.to, bootstrapServers: kafka.bootstrapServers };
      // Only the first one's way to the destination is cut: its group and its source stay.
      const first = stages[stages.push(new StageProcess({ config: { ...pipeline.config, from } })) - 1]!;
      await first.untilRunning(partitions);
      const before = first.lines.length;
      const second = stages[stages.push(new StageProcess({ config: { ...pipeline.config, from, to: direct } })) - 1]!;
      await second.untilRunning(1);
      const { groups } = await first.untilLine("keeps two", ({ groups: kept }) => kept?.length === 2, before);
      const [stuck, other] = groups as [number, number];

      await links.poisonBothWays(`${name}-1`, { type: "timeout", attributes: { timeout: 0 } });
      await withProducer(kafka.client(), (send) => send(from.topic, [{ value: "last", partition: stuck }]));
      await until(
        "one group is on its way to a commit",
        async () => {
          const { text } = await first.get("/healthz");
          if (!text.includes(`lane group ${stuck} has been writing a transaction`)) throw new Error(text);
        },
        { within: 120, every: 0.05 },
      );
      first.signal("SIGTERM");
      const runs = (group: number) =>
        second.untilLine(`takes group ${group}`, (line) => line.group === group && line.to === "running", 0);
      await runs(other);
      const ended = first.lines.some(({ group, to }) => group === stuck && to === "stopped");
      assert.ok(first.isAlive && !ended, "the first one still waits for the group that is stuck");
      await runs(stuck);
      await pipeline.untilDrained();
    } finally {
      await links.heal();
      await Promise.all(stages.map((stage) => stage.end("SIGTERM")));
      await kafka.stop();
      await links.stop();
    }
  });
});
