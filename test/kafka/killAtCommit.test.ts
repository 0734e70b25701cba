import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { feed } from "../support/feed";
import { auditStream } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

/** Faults of each kind that must have happened before the test says anything. */
const wanted = { before: 3, after: 3, lost: 3 };

/**
 * B1 (facts/kafka.md 5): the next owner must not take an old position for the newest, as the transaction that the dead one left
 * open, or whose marker is on its way, hides what is behind it.
 */
describe("a stage that dies around its commits: newer state missed behind its open transaction (kafka-flow#850)", function () {
  this.timeout(600_000);

  for (const { size, rate } of [
    { size: 1_000, rate: 300 },
    { size: 87_000, rate: 40 },
  ]) {
    it(`loses and doubles nothing with records of ${size} bytes`, async () => {
      const { edge, cloud } = await clusters();
      const pipeline = await Pipeline.create({
        name: `kill-${size}`,
        process: "copy",
        source: edge,
        destination: cloud,
        partitions: 5,
        laneGroups: 2,
      });
      const { topic } = pipeline.sourceStream;
      const faults = { before: 0.04, after: 0.04, lost: 0.04 };
      const replicas = ["r0", "r1"].map(
        (place) => new StageProcess({ config: { ...pipeline.config, place }, faults, restart: true }),
      );
      const happened = (kind: string) =>
        replicas.flatMap(({ lines }) => lines).filter(({ fault }) => fault === kind).length;
      let fed = 0;
      try {
        await until(
          "each kind of fault has happened often enough",
          async () => {
            await feed(edge, { topic, partitions: 5, count: rate * 2, size, rate });
            fed += rate * 2;
            const counts = Object.keys(wanted).map((kind) => `${kind} ${happened(kind)}`);
            if (Object.entries(wanted).some(([kind, times]) => happened(kind) < times))
              throw new Error(counts.join(", "));
          },
          { within: 150, every: 0.05 },
        );
      } finally {
        await Promise.all(replicas.map((replica) => replica.end("SIGKILL")));
      }
      const last = new StageProcess({ config: pipeline.config });
      try {
        await last.untilRunning(2);
        await pipeline.untilDrained();
      } finally {
        assert.equal(await last.end("SIGTERM"), 0);
      }
      assertExact(await auditStream({ source: pipeline.sourceStream, destination: pipeline.destinationStream }), fed);
    });
  }
});
