import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { assertExact } from "../support/exact";
import { auditDevice } from "../support/oracle";
import { Pipeline } from "../support/pipeline";
import { StageProcess } from "../support/stageProcess";

const lanes = 3;
const perLane = 3_000;

describe("a device stage", function () {
  this.timeout(600_000);

  it("writes each position once, though its replicas die around their commits", async () => {
    const { cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "ticker",
      process: "ticker",
      destination: cloud,
      partitions: lanes,
      laneGroups: 2,
      options: { count: perLane },
    });
    const faults = { before: 0.03, after: 0.03, lost: 0.03 };
    const replicas = ["r0", "r1"].map(
      (place) => new StageProcess({ config: { ...pipeline.config, place }, faults, restart: true }),
    );
    const last = () => new StageProcess({ config: pipeline.config });
    const reached = (share: number) =>
      until(
        `${share} of the device's positions are committed`,
        async () => {
          const positions = await pipeline.positions();
          const sum = [...positions.values()].reduce((a, b) => a + b, 0n);
          if (Number(sum) < share * lanes * perLane)
            throw new Error(`at ${JSON.stringify([...positions.values()].map(String))}`);
        },
        { within: 120, every: 0.3 },
      );
    try {
      await reached(0.7);
    } finally {
      await Promise.all(replicas.map((replica) => replica.end("SIGKILL")));
    }
    const calm = last();
    try {
      // Those before it may have done all: it must have begun, to be told to end.
      await calm.untilRunning(2);
      await reached(1);
    } finally {
      assert.equal(await calm.end("SIGTERM"), 0);
    }
    assertExact(await auditDevice("ticker", pipeline.destinationStream, perLane), lanes * perLane);
  });
});
