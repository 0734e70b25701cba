import assert from "node:assert/strict";
import { headers } from "../../core/contract/headers";
import { until } from "../../core/wait";
import { clusters } from "../support/clusters";
import { withProducer } from "../support/feed";
import { Pipeline, readRecords, type ReadRecord } from "../support/pipeline";
import { whileStageRuns } from "../support/stageProcess";

describe("a record that cannot be processed", function () {
  this.timeout(600_000);

  // B17 (facts/kafka.md 5): one of them has outputs that no broker takes.
  it("becomes a dead letter with the reason, and its lane goes on: too large, it blocks its partition (scality/backbeat#735)", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "poison",
      process: "picky",
      source: edge,
      destination: cloud,
      partitions: 1,
      laneGroups: 1,
    });
    const trace = { [headers.traceparent]: "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01" };
    await withProducer(edge.client(), async (send) => {
      const values = ["good 1", "bad 2", "none 3", "ten 4", "huge 5", "good 6"];
      const messages = values.map((value) => ({ value, key: value.slice(-1), partition: 0, headers: trace }));
      await send(pipeline.sourceStream.topic, messages);
    });
    await whileStageRuns(pipeline.config, () => pipeline.untilDrained());
    const outputs: ReadRecord[] = [];
    const letters: ReadRecord[] = [];
    await readRecords(cloud, pipeline.destinationStream.topic, (record) => outputs.push(record));
    await readRecords(cloud, pipeline.config.deadLetterTopic, (record) => letters.push(record));

    const at = (offset: number) => `${pipeline.config.from!.clusterId}/poison-in/0/${offset}`;
    const summary = outputs.map(({ value, headers: h }) => [
      value!.toString(),
      h[headers.coordinates],
      h[headers.part],
    ]);
    const ten = Array.from({ length: 10 }, (_, n) => [String(n), at(3), `${n}/10`]);
    assert.deepEqual(summary, [["good 1", at(0), "0/1"], ...ten, ["good 6", at(5), "0/1"]]);
    for (const { headers: h } of outputs) {
      assert.equal(h[headers.source], "/test/poison");
      assert.equal(h[headers.type], "iotef.picky");
      assert.equal(h[headers.specversion], "1.0");
      assert.equal(h[headers.traceparent], trace[headers.traceparent]);
    }
    assert.equal(new Set(outputs.map(({ headers: h }) => h[headers.id])).size, outputs.length);
    assert.deepEqual(
      letters.map(({ key, value, headers: h }) => [String(key), String(value), h[headers.coordinates]]),
      [
        ["2", "bad 2", at(1)],
        ["5", "huge 5", at(4)],
      ],
    );
    assert.equal(letters[0]!.headers[headers.reason], "this record is bad");
    assert.match(
      letters[1]!.headers[headers.reason]!,
      /its 1 outputs take 524\d+ bytes, more than the destination's brokers take/,
    );
  });

  it("is named by the liveness check when the processor hangs on it, and does not hold up the end of the stage", async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "hang",
      process: "picky",
      source: edge,
      destination: cloud,
      partitions: 1,
      laneGroups: 1,
    });
    await withProducer(edge.client(), async (send) => {
      const messages = ["good 1", "hang 2"].map((value) => ({ value, partition: 0 }));
      await send(pipeline.sourceStream.topic, messages);
    });
    await whileStageRuns(pipeline.config, (stage) =>
      until(
        "the liveness check names the record",
        async () => {
          const { text } = await stage.get("/healthz");
          if (!text.includes("lane group 0 has been processing record 1 of lane 0")) throw new Error(text);
        },
        { within: 120, every: 0.2 },
      ),
    );
  });
});
