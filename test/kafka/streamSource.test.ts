import assert from "node:assert/strict";
import { until } from "../../core/wait";
import type { StageConfig } from "../../core/contract/stageConfig";
import { AtWork } from "../../workloads/stage/atWork";
import type { Positions } from "../../workloads/stage/checkpoint";
import type { StreamProcessor } from "../../workloads/stage/processor";
import type { Step } from "../../workloads/stage/readyQueue";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { topicIdOf } from "../../workloads/stage/kafka/topicId";
import { KafkaFailure } from "../../workloads/stage/kafka/failure";
import { BlockedLanes } from "../../workloads/stage/blocked";
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
  let blocked: BlockedLanes;
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
  beforeEach(() => (blocked = new BlockedLanes()));
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

  it("for a position that the stream does not reach says so, as without, and delivers the other lanes' records", async () => {
    const source = await open();
    const beyond = new Map([
      [0, 1000n],
      [1, 5n],
    ]);
    source.prepare(lanes, beyond);
    assert.deepEqual(await delivered(source, beyond, [1]), new Map([[1, offsetsFrom(5)]]));
    assert.deepEqual([...blocked.reasons.keys()], [0]);
    assert.match(
      blocked.reasons.get(0)!,
      /prepared-in, partition 0: the checkpoint stands at 1000 but the log ends at \d+/,
    );
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

  // A new leader may have told of its end too early.
  it("goes on with a lane where the stream reaches its position after all", async () => {
    const { edge } = await clusters();
    const source = await open();
    const ends = await edge.withAdmin((admin) => admin.fetchTopicOffsets(config.from!.topic));
    const beyond = new Map(lanes.map((lane) => [lane, endOf(ends, lane) + 5n]));
    const start = await source.startPositions(lanes, beyond);
    assert.deepEqual(start, beyond);
    assert.deepEqual([...blocked.reasons.keys()], lanes);
    const first = new Map<number, bigint>();
    const deliver = (lane: number, { next }: Step) => void (first.has(lane) || first.set(lane, next));
    const stop = new AbortController();
    const running = source.run(start, deliver, stop.signal);
    await feed(edge, { topic: config.from!.topic, partitions: lanes.length, count: 10 * lanes.length, size: 100 });
    const all = async () => assert.deepEqual(first, new Map([...beyond].map(([lane, at]) => [lane, at + 1n])));
    await until("each lane goes on where it stood", all, { within: 300, every: 0.05 });
    assert.deepEqual([...blocked.reasons], []);
    stop.abort();
    await running;
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
      blocked,
      acceptLoss: false,
    });
    sources.push(source);
    return source;
  }

  /** By lane: the offsets that it delivers until all of these lanes have come. */
  async function delivered(source: StreamLanes, stored: Positions, from = lanes): Promise<Map<number, number[]>> {
    const start = await source.startPositions(lanes, stored);
    const found = new Map<number, number[]>(from.map((lane) => [lane, []]));
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

function endOf(ends: { partition: number; offset: string }[], lane: number): bigint {
  return BigInt(ends.find(({ partition }) => partition === lane)!.offset);
}

function offsetsFrom(first: number): number[] {
  return Array.from({ length: perLane - first }, (_, index) => first + index);
}

function eachLane<T>(value: T): Map<number, T> {
  return new Map(lanes.map((lane) => [lane, value]));
}
