import assert from "node:assert/strict";
import { until } from "../../core/wait";
import type { StageConfig } from "../../core/contract/stageConfig";
import { AtWork } from "../../workloads/stage/atWork";
import type { Positions } from "../../workloads/stage/checkpoint";
import type { StreamProcessor } from "../../workloads/stage/processor";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { topicIdOf } from "../../workloads/stage/kafka/topicId";
import { KafkaFailure } from "../../workloads/stage/kafka/failure";
import { Blocked } from "../../workloads/stage/blocked";
import { StreamLanes } from "../../workloads/stage/sources/streamSource";
import { clusters } from "../support/clusters";
import { feed } from "../support/feed";
import { Pipeline } from "../support/pipeline";

const count = 40;
const lanes = [0, 1];
const perLane = count / lanes.length;
/** Work on one record that leaves the event loop no turn: of a lane's records more than it may do without. */
const busyMs = 10;
const log = { info: () => undefined, warn: () => undefined };

/** What a new owner asks for while its claim is being committed may turn out to be of no use. */
describe("a stream source that was prepared", function () {
  this.timeout(600_000);
  let config: StageConfig;
  const sources: StreamLanes[] = [];

  before(async () => {
    const { edge, cloud } = await clusters();
    const pipeline = await Pipeline.create({
      name: "prepared",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions: lanes.length,
      laneGroups: 1,
    });
    config = pipeline.config;
    await feed(edge, { topic: config.from!.topic, partitions: lanes.length, count, size: 100 });
  });
  afterEach(() => Promise.all(sources.splice(0).map((source) => source.close())));

  it("for where the lanes go on delivers each record from there once", async () => {
    const stored = eachLane(5n);
    const source = await open();
    source.prepare(lanes, stored);
    assert.deepEqual(await delivered(source, stored), eachLane(offsetsFrom(5)));
  });

  it("for other positions delivers from where the lanes really go on", async () => {
    const source = await open();
    source.prepare(lanes, eachLane(0n));
    const found = await delivered(source, eachLane(7n));
    assert.deepEqual(found, eachLane(offsetsFrom(7)));
  });

  it("for lanes without a position delivers all of the stream", async () => {
    const source = await open();
    source.prepare(lanes, new Map());
    assert.deepEqual(await delivered(source, new Map()), eachLane(offsetsFrom(0)));
  });

  it("for positions that the stream does not reach says so, as without", async () => {
    const source = await open();
    const beyond = eachLane(1000n);
    source.prepare(lanes, beyond);
    await assert.rejects(source.startPositions(lanes, beyond), Blocked);
  });

  // Where a lane's leader does not answer its position is taken without a look, and this is what finds it out.
  it("read from positions that the stream does not reach, ends and says so", async () => {
    const source = await open();
    const reading = source.run(eachLane(1000n), () => assert.fail("nothing is there"), new AbortController().signal);
    await assert.rejects(reading, (error) => error instanceof KafkaFailure && error.type === "OFFSET_OUT_OF_RANGE");
  });

  it("lets the event loop turn while a processor returns at once from one record after the other", async () => {
    let turns = 0;
    const turn = () => {
      turns++;
      turning = setImmediate(turn);
    };
    let turning = setImmediate(turn);
    const seenAt = new Map<number, number>();
    const busy: StreamProcessor["process"] = () => {
      const started = performance.now();
      while (performance.now() - started < busyMs);
      seenAt.set(turns, (seenAt.get(turns) ?? 0) + 1);
      return [];
    };
    try {
      const stored = eachLane(0n);
      await delivered(await open(busy), stored);
    } finally {
      clearImmediate(turning);
    }
    assert.ok(Math.max(...seenAt.values()) <= 10, `records by turn: ${[...seenAt.values()].join(", ")}`);
  });

  async function open(process: StreamProcessor["process"] = ({ value }) => [{ value }]): Promise<StreamLanes> {
    const endpoint = config.from!;
    const connection = await ClusterConnection.open(endpoint, [endpoint.topic], "prepared", () => undefined);
    const source = new StreamLanes({
      endpoint,
      connection,
      topicId: await topicIdOf(connection, endpoint.topic),
      processor: { process },
      context: { ...config, log },
      maker: { name: config, maxMessageBytes: endpoint.maxMessageBytes },
      working: new AtWork(),
      acceptLoss: false,
    });
    sources.push(source);
    return source;
  }

  /** By lane: the offsets that it delivers until all have come. */
  async function delivered(source: StreamLanes, stored: Positions): Promise<Map<number, number[]>> {
    const start = await source.startPositions(lanes, stored);
    const found = new Map<number, number[]>(lanes.map((lane) => [lane, []]));
    const stop = new AbortController();
    const running = source.run(start, (lane, { next }) => void found.get(lane)!.push(Number(next) - 1), stop.signal);
    await until(
      "all records are delivered",
      async () => {
        const missing = [...found].filter(([, offsets]) => (offsets.at(-1) ?? 0) < perLane - 1);
        if (missing.length > 0) throw new Error(JSON.stringify(missing));
      },
      { within: 300, every: 0.05 },
    );
    stop.abort();
    await running;
    // What was sent twice, on a slow machine, is beyond what is counted.
    return new Map([...found].map(([lane, offsets]) => [lane, offsets.filter((offset) => offset < perLane)]));
  }
});

function offsetsFrom(first: number): number[] {
  return Array.from({ length: perLane - first }, (_, index) => first + index);
}

function eachLane<T>(value: T): Map<number, T> {
  return new Map(lanes.map((lane) => [lane, value]));
}
