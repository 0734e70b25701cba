import { availableParallelism } from "node:os";
import { setImmediate as nextTurn } from "node:timers/promises";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";
import type { AtWork } from "../atWork";
import { Blocked, type BlockedLanes } from "../blocked";
import { sourceKey, type Positions } from "../checkpoint";
import type { ClusterConnection } from "../kafka/connection";
import { describeFailure } from "../kafka/failure";
import { isPassing, offsetOf } from "../kafka/offsets";
import { StreamReader } from "../kafka/streamReader";
import { InOrder } from "../inOrder";
import type { StageContext, StreamProcessor } from "../processor";
import type { Step } from "../readyQueue";
import { emptyStep, processRecord, type StepMaker } from "../steps";
import { checkPosition } from "./checkPosition";
import type { Deliver, LaneSource } from "./laneSource";

/** Bytes of fetched records that a lane group keeps waiting, shared by its lanes; and the bounds of one lane's share. */
const waitingBytes = 32 << 20;
const laneBytes = { least: 256 << 10, most: 2 << 20 };

/**
 * A lane that has a position is not asked for again after this time: the others wait for it, and a position that is wrong is
 * found out when it is read from.
 */
const askAgainMs = 1000;

/** Records of one lane that are processed at once: as many as there are cores, where the processor works beside Node's thread. */
const recordsAtOnce = Math.max(2, availableParallelism());

/**
 * So long a lane works on without a turn of the event loop, milliseconds. Where the processor returns at once there may be none until
 * all that was fetched is processed, and a copy that sends no heartbeats meanwhile loses its lanes.
 */
const turnMs = 20;

export interface StreamLanesArgs {
  endpoint: StreamEndpoint;
  connection: ClusterConnection;
  topicId: string;
  processor: StreamProcessor;
  context: Omit<StageContext, "signal">;
  maker: StepMaker;
  /** Knows of the requests and the records under way. */
  working: AtWork;
  /** Told of lanes that must not go on while the others do. */
  blocked: BlockedLanes;
  acceptLoss: boolean;
}

/** First and one past the last offset of each lane in the source's log; missing where a leader does not answer. */
type Bounds = Map<number, readonly [bigint, bigint] | undefined>;

/** What was begun before it was sure where the lanes go on. */
interface Prepared {
  stored: Positions;
  bounds: Promise<Bounds>;
  /** Undefined where a lane has no position yet. */
  reader: StreamReader | undefined;
}

/** Lanes of a stream: one for each partition. */
export class StreamLanes implements LaneSource {
  readonly key: string;
  readonly topicId: string;
  private reader: StreamReader | undefined;
  private prepared: Prepared | undefined;
  /** Lanes whose position is not in the log. */
  private readonly gaps = new Set<number>();

  constructor(private readonly args: StreamLanesArgs) {
    this.key = sourceKey(args.endpoint);
    this.topicId = args.topicId;
  }

  prepare(lanes: readonly number[], stored: Positions): void {
    const bounds = this.boundsOf(lanes, stored);
    // It fails again for whoever waits for it.
    bounds.catch(() => undefined);
    const reader = lanes.every((lane) => stored.has(lane)) ? this.readFrom(stored) : undefined;
    this.prepared = { stored, bounds, reader };
  }

  async startPositions(lanes: readonly number[], stored: Positions): Promise<Positions> {
    const { endpoint, connection, blocked, acceptLoss } = this.args;
    const found = connection.partitionsOf(endpoint.topic);
    if (found !== endpoint.partitions) {
      throw new Blocked(
        `stream ${endpoint.topic} has ${found} partitions, the configuration says ${endpoint.partitions}; set its partitions to ${found}`,
      );
    }
    const { prepared } = this;
    const bounds = await (prepared && isSame(prepared.stored, stored) ? prepared.bounds : this.boundsOf(lanes, stored));
    const result: Positions = new Map();
    for (const [lane, known] of bounds) {
      if (known === undefined) {
        result.set(lane, stored.get(lane)!);
        continue;
      }
      const [start, end] = known;
      const args = { topic: endpoint.topic, lane, stored: stored.get(lane), start, end, acceptLoss };
      const { position, gap } = checkPosition(args);
      result.set(lane, position);
      if (gap === undefined) continue;
      this.gaps.add(lane);
      blocked.add(lane, gap);
    }
    return result;
  }

  async run(start: Positions, deliver: Deliver, signal: AbortSignal): Promise<void> {
    const reader = this.readerAt(start);
    this.reader = reader;
    const stop = () => reader.close();
    signal.addEventListener("abort", stop, { once: true });
    if (signal.aborted) stop();
    try {
      await new Promise<void>((resolve, reject) => {
        const lanes = [...start.keys()].map((lane) => this.runLane(reader, lane, deliver, signal, reject));
        Promise.all(lanes).then(() => resolve(), reject);
      });
    } finally {
      reader.close();
      signal.removeEventListener("abort", stop);
    }
  }

  lag(lane: number, next: bigint): number | undefined {
    const end = this.reader?.highWatermark(lane);
    return end === undefined ? undefined : Math.max(0, Number(end - next));
  }

  async close(): Promise<void> {
    this.prepared?.reader?.close();
    this.reader?.close();
    await this.args.connection.close();
  }

  private async boundsOf(lanes: readonly number[], stored: Positions): Promise<Bounds> {
    return new Map(
      await Promise.all(lanes.map(async (lane) => [lane, await this.boundsOfLane(lane, stored)] as const)),
    );
  }

  /**
   * A leader that does not answer, while others may, must not keep their lanes from going on: its lane goes on where it stood. A
   * position that is not in the log ends the reading (OFFSET_OUT_OF_RANGE), and the leader that said so answers here next time.
   */
  private async boundsOfLane(lane: number, stored: Positions): Promise<readonly [bigint, bigint] | undefined> {
    const { endpoint, connection, context } = this.args;
    const deadlineMs = stored.has(lane) ? askAgainMs : undefined;
    const ask = (kind: "start" | "highWatermark") => offsetOf(connection, kind, endpoint.topic, lane, deadlineMs);
    try {
      return await Promise.all([ask("start"), ask("highWatermark")]);
    } catch (error) {
      if (!stored.has(lane) || !isPassing(error)) throw error;
      context.log.warn(
        { lane, reason: describeFailure(error) },
        `lane ${lane}: goes on unchecked, its leader does not answer`,
      );
      return undefined;
    }
  }

  /** The prepared reader where it began at these positions and can go on from them, else a new one. */
  private readerAt(start: Positions): StreamReader {
    const { prepared } = this;
    this.prepared = undefined;
    if (prepared?.reader && this.gaps.size === 0 && isSame(prepared.stored, start)) return prepared.reader;
    prepared?.reader?.close();
    return this.readFrom(start);
  }

  private readFrom(start: Positions): StreamReader {
    const share = Math.floor(waitingBytes / start.size);
    const { connection, endpoint, context, working, blocked } = this.args;
    return new StreamReader(connection, { topic: endpoint.topic, topicId: this.topicId }, start, {
      working,
      blocked,
      gaps: this.gaps,
      onSilence: (lane, seconds, reason) =>
        context.log.warn({ lane, reason }, `lane ${lane}: its leader has not answered for ${Math.round(seconds)} s`),
      laneBytes: Math.max(laneBytes.least, Math.min(laneBytes.most, share)),
    });
  }

  private async runLane(
    reader: StreamReader,
    lane: number,
    deliver: Deliver,
    signal: AbortSignal,
    onFailure: (error: unknown) => void,
  ): Promise<void> {
    const { endpoint, processor, maker, working } = this.args;
    const context = { ...this.args.context, signal };
    const handOver = (step: Step) => (signal.aborted ? undefined : deliver(lane, step));
    const work = new InOrder<Step>(recordsAtOnce, handOver, onFailure);
    let lastTurn = performance.now();
    for (;;) {
      const chunk = await reader.take(lane);
      if (chunk === null || signal.aborted) return;
      const last = chunk.records.length - 1;
      for (const [index, { offset, ...record }] of chunk.records.entries()) {
        const coordinates = { clusterId: endpoint.clusterId, topic: endpoint.topic, partition: lane, offset };
        const next = index === last ? chunk.next : offset + 1n;
        const process = () => processRecord({ ...record, coordinates }, next, processor, context, maker);
        await work.start(() => working.watch(`processing record ${offset} of lane ${lane}`, process));
        if (performance.now() - lastTurn >= turnMs) {
          await nextTurn();
          lastTurn = performance.now();
        }
        if (signal.aborted) return;
      }
      if (last < 0) await work.start(async () => emptyStep(chunk.next));
    }
  }
}

function isSame(a: Positions, b: Positions): boolean {
  return a.size === b.size && [...a].every(([lane, at]) => b.get(lane) === at);
}
