import assert from "node:assert/strict";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { freePorts } from "../support/freePorts";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

describe("lanes change their owner", function () {
  this.timeout(600_000);

  async function pipelineOf(name: string, laneGroups = 1) {
    const { edge, cloud } = await clusters();
    return Pipeline.create({ name, process: "copy", source: edge, destination: cloud, partitions: 4, laneGroups });
  }

  async function feedInto(pipeline: Pipeline, count: number, rate: number) {
    const { edge } = await clusters();
    return feed(edge, { topic: pipeline.sourceStream.topic, partitions: 4, count, size: 5_000, rate });
  }

  it("to a spare when the owner is killed", async () => {
    const pipeline = await pipelineOf("spare");
    const owner = new StageProcess({ config: { ...pipeline.config, place: "owner" } });
    await owner.untilRunning();
    const spare = new StageProcess({ config: { ...pipeline.config, place: "spare" } });
    try {
      await spare.untilLine("is assigned nothing", ({ groups }) => groups?.length === 0, 0);
      const ready = await spare.get("/readyz");
      assert.equal(ready.status, 200, ready.text);
      const feeding = feedInto(pipeline, 600, 100);
      await pipeline.untilStarted();
      owner.signal("SIGKILL");
      await spare.untilRunning();
      await feeding;
      await pipeline.untilDrained();
    } finally {
      await Promise.all([owner.end("SIGKILL"), spare.end("SIGTERM")]);
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), 600);
  });

  it("and a frozen owner that wakes up writes nothing more", async () => {
    const pipeline = await pipelineOf("zombie");
    const zombie = new StageProcess({ config: { ...pipeline.config, place: "zombie" } });
    await zombie.untilRunning();
    const other = new StageProcess({ config: { ...pipeline.config, place: "other" } });
    try {
      await other.untilLine("is assigned nothing", ({ groups }) => groups?.length === 0, 0);
      const feeding = feedInto(pipeline, 1_500, 150);
      await pipeline.untilStarted();
      zombie.signal("SIGSTOP");
      await other.untilRunning();
      const woken = zombie.lines.length;
      zombie.signal("SIGCONT");
      await zombie.untilLine("has lost the lanes", ({ to }) => to === "standing-down" || to === "draining", woken);
      await feeding;
      await pipeline.untilDrained();
    } finally {
      await Promise.all([zombie.end("SIGTERM"), other.end("SIGTERM")]);
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), 1_500);
  });

  it("to a newer placement, and never back to an older one", async () => {
    const pipeline = await pipelineOf("planned", 2);
    const atEdge = { ...pipeline.config, place: "edge", generation: 1 };
    const before = [new StageProcess({ config: atEdge }), new StageProcess({ config: atEdge })];
    let after: StageProcess | undefined;
    let late: StageProcess | undefined;
    try {
      await Promise.all(before.map((replica) => replica.untilRunning()));
      const feeding = feedInto(pipeline, 1_200, 150);
      await pipeline.untilStarted();
      after = new StageProcess({ config: { ...pipeline.config, place: "cloud", generation: 2 } });
      await after.untilRunning(2);
      await Promise.all(before.map((replica) => replica.end("SIGTERM")));
      late = new StageProcess({ config: atEdge });
      await late.untilLine("is assigned nothing", ({ groups }) => groups?.length === 0, 0);
      await feeding;
      await pipeline.untilDrained();
      // Alone, the older placement is given the lanes; the checkpoint tells it to leave them.
      await after.end("SIGTERM");
      await late.untilLine(
        "stands down",
        ({ to, reason }) => to === "standing-down" && /generation 2 at cloud/.test(reason ?? ""),
        0,
      );
    } finally {
      await Promise.all([...before, after, late].map((replica) => replica?.end("SIGKILL")));
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), 1_200);
  });

  it("only when the next one has fenced it: one that never gets that far stops nothing", async () => {
    const pipeline = await pipelineOf("handover");
    const [unreachable] = await freePorts(1);
    const endless = { ...pipeline.config, timing: { ...pipeline.config.timing, sessionMs: 30_000 } };
    const before = new StageProcess({ config: { ...endless, place: "edge", generation: 1 } });
    const to = { ...endless.to, bootstrapServers: [`127.0.0.1:${unreachable}`] };
    let after: StageProcess | undefined;
    try {
      await before.untilRunning();
      after = new StageProcess({ config: { ...endless, to, place: "cloud", generation: 2 } });
      await before.untilLine("has lost the lanes to the newer one", ({ groups }) => groups?.length === 0, 0);
      await after.untilLine("cannot connect", ({ to: state }) => state === "rebuilding", 0);
      await feedInto(pipeline, 600, 150);
      await pipeline.untilDrained();
      assert.equal(before.lines.at(-1)!.msg, "lane groups assigned", "it goes on as if nothing had happened");
    } finally {
      await Promise.all([before.end("SIGTERM"), after?.end("SIGTERM")]);
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), 600);
  });

  it("and an owner without records learns of it, too", async () => {
    const pipeline = await pipelineOf("idle");
    const before = new StageProcess({ config: { ...pipeline.config, place: "edge", generation: 1 } });
    let after: StageProcess | undefined;
    try {
      await before.untilRunning();
      after = new StageProcess({ config: { ...pipeline.config, place: "cloud", generation: 2 } });
      await after.untilRunning();
      await before.untilLine("ends", ({ to, reason }) => to === "stopped" && /^handed over/.test(reason ?? ""), 0);
    } finally {
      await Promise.all([before.end("SIGTERM"), after?.end("SIGTERM")]);
    }
  });

  it("and their groups, when the number of lane groups changes", async () => {
    const pipeline = await pipelineOf("regroup", 3);
    const first = new StageProcess({ config: { ...pipeline.config, laneGroups: 3 } });
    let second: StageProcess | undefined;
    let third: StageProcess | undefined;
    try {
      const feeding = feedInto(pipeline, 1_500, 150);
      await pipeline.untilStarted();
      await first.untilRunning(3);
      second = new StageProcess({ config: { ...pipeline.config, laneGroups: 1, generation: 2 } });
      await second.untilRunning(1);
      third = new StageProcess({ config: { ...pipeline.config, laneGroups: 2, generation: 3 } });
      await third.untilRunning(2);
      await feeding;
      await pipeline.untilDrained();
    } finally {
      await Promise.all([first, second, third].map((replica) => replica?.end("SIGTERM")));
    }
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), 1_500);
  });
});
