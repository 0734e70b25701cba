import assert from "node:assert/strict";
import { stageGroup, transactionalId } from "../../core/naming";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

describe("a stage whose brokers die", function () {
  this.timeout(600_000);

  async function pipelineOf(name: string, laneGroups: number) {
    const { edge, cloud } = await clusters();
    return Pipeline.create({ name, process: "copy", source: edge, destination: cloud, partitions: 5, laneGroups });
  }

  it("goes on after the transaction coordinator and a source broker were killed", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await pipelineOf("brokers", 2);
    const { topic } = pipeline.sourceStream;
    const stage = new StageProcess({ config: pipeline.config });
    try {
      await stage.untilRunning(2);
      const feeding = feed(edge, { topic, partitions: 5, count: 1_500, size: 5_000, rate: 100 });
      await pipeline.untilStarted();
      const coordinator = await cloud.coordinatorOf(transactionalId("test", "brokers", pipeline.config.from!, 0, 0));
      await cloud.signalBroker(coordinator, "SIGKILL");
      await edge.signalBroker(2, "SIGKILL");
      try {
        await pipeline.untilProgress();
      } finally {
        cloud.startBroker(coordinator);
        edge.startBroker(2);
      }
      await feeding;
      await pipeline.untilDrained();
    } finally {
      await stage.end("SIGTERM");
    }
    await Promise.all([cloud.untilHealthy(), edge.untilHealthy()]);
    const { source } = await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
    // kafkajs' producer, which feeds the source, may have doubled records there: the source is what it holds.
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), source);
    assert.ok(source >= 1_500, `the source holds ${source}`);
  });

  it("goes on after a broker of its destination froze for a while", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await pipelineOf("frozen", 1);
    const { topic } = pipeline.sourceStream;
    const stage = new StageProcess({ config: pipeline.config });
    const [frozen] = cloud.brokerIds;
    try {
      await stage.untilRunning();
      const feeding = feed(edge, { topic, partitions: 5, count: 800, size: 5_000, rate: 60 });
      await pipeline.untilStarted();
      await cloud.signalBroker(frozen!, "SIGSTOP");
      try {
        await pipeline.untilProgress();
      } finally {
        await cloud.signalBroker(frozen!, "SIGCONT");
      }
      await feeding;
      await pipeline.untilDrained();
    } finally {
      await stage.end("SIGTERM");
    }
    await cloud.untilHealthy();
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), 800);
  });

  // kafkajs would go on asking the one it joined at, and then wait for what that one owes it. Its producer, which feeds the
  // source, does wait for the frozen broker, so no record can be seen to pass meanwhile.
  it("joins its group at another broker while the group's coordinator stands still", async () => {
    const { edge } = await clusters();
    const pipeline = await pipelineOf("silent", 1);
    const { topic } = pipeline.sourceStream;
    const stage = new StageProcess({ config: pipeline.config });
    try {
      await stage.untilRunning();
      const feeding = feed(edge, { topic, partitions: 5, count: 800, size: 5_000, rate: 60 });
      await pipeline.untilStarted();
      const coordinator = await edge.coordinatorOf(stageGroup("test", "silent"), "__consumer_offsets");
      const before = stage.lines.length;
      await edge.signalBroker(coordinator, "SIGSTOP");
      try {
        await stage.untilLine("asks the group anew", ({ msg }) => /asking anew/.test(msg ?? ""), before);
        const asked = stage.lines.length;
        await stage.untilLine("is assigned its lanes again", ({ groups }) => groups?.length === 1, asked);
      } finally {
        await edge.signalBroker(coordinator, "SIGCONT");
      }
      await feeding;
      await pipeline.untilDrained();
    } finally {
      await stage.end("SIGTERM");
    }
    await edge.untilHealthy();
    const { source } = await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream });
    assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), source);
  });
});
