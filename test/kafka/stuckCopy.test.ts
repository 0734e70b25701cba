import assert from "node:assert/strict";
import { setTimeout as sleep } from "node:timers/promises";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { freePorts } from "../support/freePorts";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

const [partitions, count] = [2, 100];

describe("a copy that has the lanes and cannot reach where they lead", function () {
  this.timeout(600_000);

  it("leaves them to a spare that can", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "stuck",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions,
      laneGroups: 1,
    });
    await feed(edge, { topic: pipeline.sourceStream.topic, partitions, count, size: 100 });
    const [unreachable] = await freePorts(1);
    const to = { ...pipeline.config.to, bootstrapServers: [`127.0.0.1:${unreachable}`] };
    const stuck = new StageProcess({ config: { ...pipeline.config, to } });
    let spare: StageProcess | undefined;
    try {
      await stuck.untilLine("has the lanes", ({ groups }) => groups?.length === 1, 0);
      spare = new StageProcess({ config: pipeline.config });
      await spare.untilLine("is a spare", ({ groups }) => groups?.length === 0, 0);
      await pipeline.untilDrained(300);
    } finally {
      await Promise.all([stuck.end("SIGTERM"), spare?.end("SIGTERM")]);
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), count);
  });

  it("is given none of them again while there is another that runs them, and all when there is no other", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "last-resort",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions,
      laneGroups: 2,
    });
    const [unreachable] = await freePorts(1);
    const to = { ...pipeline.config.to, bootstrapServers: [`127.0.0.1:${unreachable}`] };
    const stuck = new StageProcess({ config: { ...pipeline.config, to } });
    const other = new StageProcess({ config: pipeline.config });
    try {
      await stuck.untilLine("shares the lanes with the other", ({ groups }) => groups?.length === 1, 0, 300);
      const left = await stuck.untilLine(
        "lets it try",
        ({ msg }) => /could not be run here: left/.test(msg ?? ""),
        0,
        300,
      );
      const { groups } = await until(
        "the copy is a member again",
        async () => {
          const since = stuck.lines.slice(stuck.lines.indexOf(left));
          // The first that follows says that it is out of the group.
          const atReturn = since.filter((line) => line.groups !== undefined)[1];
          assert.ok(atReturn);
          return atReturn;
        },
        { within: 60, every: 0.2 },
      );
      assert.deepEqual(groups, []);
      await other.untilRunning(2);
      await other.end("SIGTERM");
      await stuck.untilLine("has all lanes", ({ groups }) => groups?.length === 2, undefined, 300);
    } finally {
      await Promise.all([stuck.end("SIGKILL"), other.end("SIGKILL")]);
    }
  });

  it("comes back as a new member where the group has forgotten it", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "forgotten",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions,
      laneGroups: 1,
    });
    const [unreachable] = await freePorts(1);
    const to = { ...pipeline.config.to, bootstrapServers: [`127.0.0.1:${unreachable}`] };
    const stuck = new StageProcess({ config: { ...pipeline.config, to } });
    try {
      await stuck.untilLine("has failed", ({ to: state }) => state === "rebuilding", 0, 300);
      // When it goes on its session is over, and its first failure a minute ago.
      stuck.signal("SIGSTOP");
      await sleep(61_000);
      stuck.signal("SIGCONT");
      await stuck.untilLine("lets others try", ({ msg }) => /could not be run here: left/.test(msg ?? ""), 0, 300);
      await stuck.untilLine("has the lanes again", ({ groups }) => groups?.length === 1, undefined, 300);
    } finally {
      await stuck.end("SIGKILL");
    }
  });
});
