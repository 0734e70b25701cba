import { messageOf } from "../../../core/errors";
import type { ClusterConnection } from "./connection";
import { describeFailure, kindOf, KafkaFailure } from "./failure";
import { fetchRecords, longestPollMs, type FetchedPartition, type FetchedTopic } from "./fetch";
import { isPassing } from "./offsets";
import type { AtWork } from "../atWork";
import { Blocked, type BlockedLanes } from "../blocked";
import { Gate } from "../gate";

/** Fetched and not yet processed. */
export type Chunk = Pick<FetchedPartition, "records" | "next">;

export interface StreamReaderOptions {
  /** Knows of the requests under way. */
  working: AtWork;
  /** Told once of a lane whose leader gives no answer while those of others do, which go on. */
  onSilence: (lane: number, seconds: number, reason: string) => void;
  /** Told of lanes that are blocked by what stands at their position, and of those that are so no longer. */
  blocked: BlockedLanes;
  /** Lanes whose position is known not to be in the log. It may be in that of another leader. @default none */
  gaps?: ReadonlySet<number>;
  /** Bytes asked for each lane at once, and about as much is kept waiting. */
  laneBytes: number;
  /** How long a broker holds a fetch without records, milliseconds. @default 500 */
  maxWaitMs?: number;
}

interface Lane {
  lane: number;
  next: bigint;
  /** As its leader last said; undefined before that, and since it was told to be silent. */
  highWatermark: bigint | undefined;
  waiting: Chunk[];
  waitingBytes: number;
  arrived: Gate;
  /** When it last got records, by performance.now(). */
  lastFed: number;
  /** When its leader last answered for it, or it had records enough, by performance.now(). */
  lastWell: number;
  /** Told of since then. */
  told: boolean;
  /** How often in a row the batch at its position could not be read. */
  unreadable: number;
  /** The type of the error that it stands still for. */
  blockedBy: string | undefined;
  /** It is not asked for. */
  resting: boolean;
}

/** While a lane is left out of a fetch, since enough of it waits, the others' fetch must not hold it up. */
const shortWaitMs = 5;
const retryPauseMs = 30;
/**
 * Where no leader has answered for so long the session starts anew, with new connections. Where one has not, that is told, and the
 * session goes on for the other lanes' sake, until it may be the connection's fault after all.
 */
const silenceMs = { all: 20_000, one: 60_000 };
/** A batch that cannot be read is fetched anew, as it may have come to harm on its way, and after so many times its lane is blocked. */
const mostTries = 5;
const errorTypes = { unreadable: "CORRUPT_MESSAGE", gap: "OFFSET_OUT_OF_RANGE" };
/** Pauses before another look at such a batch, and at what blocks a lane. */
const restMs = { first: 1000, blocked: 10_000 };

/** Reads committed records of some partitions of a topic: one fetch under way to each leader, for all lanes that want more. */
export class StreamReader {
  private readonly lanes: Map<number, Lane>;
  private readonly busy = new Set<number>();
  private failure: Error | undefined;
  private closed = false;
  private retry: NodeJS.Timeout | undefined;

  constructor(
    private readonly connection: ClusterConnection,
    private readonly source: FetchedTopic,
    start: ReadonlyMap<number, bigint>,
    private readonly options: StreamReaderOptions,
  ) {
    this.lanes = new Map(
      [...start].map(([lane, next]) => [
        lane,
        {
          lane,
          next,
          highWatermark: undefined,
          waiting: [],
          waitingBytes: 0,
          arrived: new Gate(),
          lastFed: -Infinity,
          lastWell: performance.now(),
          told: false,
          unreadable: 0,
          blockedBy: options.gaps?.has(lane) ? errorTypes.gap : undefined,
          resting: false,
        },
      ]),
    );
    this.dispatch();
  }

  /** The next chunk of the lane; null when the reader is closed. @throws what ended the reading */
  async take(lane: number): Promise<Chunk | null> {
    const from = this.lanes.get(lane)!;
    for (;;) {
      if (this.failure) throw this.failure;
      if (this.closed) return null;
      const chunk = from.waiting.shift();
      if (chunk) {
        isWell(from);
        if (from.waiting.length === 0) from.waitingBytes = 0;
        this.dispatch();
        return chunk;
      }
      await from.arrived.wait();
    }
  }

  /** As the lane's leader last said; undefined where that is nothing, or too long ago to stand for what is there now. */
  highWatermark(lane: number): bigint | undefined {
    return this.lanes.get(lane)?.highWatermark;
  }

  close(): void {
    this.closed = true;
    clearTimeout(this.retry);
    for (const { arrived } of this.lanes.values()) arrived.open();
  }

  private dispatch(): void {
    if (this.closed || this.failure) return;
    const byLeader = new Map<number, { wanting: Lane[]; all: number }>();
    for (const lane of this.lanes.values()) {
      if (lane.resting) continue;
      let leader: number;
      try {
        leader = this.connection.leaderIdOf(this.source.topic, lane.lane);
      } catch (error) {
        this.judge(error, [lane]);
        this.later();
        continue;
      }
      const entry = byLeader.get(leader) ?? { wanting: [], all: 0 };
      byLeader.set(leader, entry);
      entry.all++;
      if (lane.waitingBytes < this.options.laneBytes / 2) entry.wanting.push(lane);
    }
    for (const [leader, { wanting, all }] of byLeader) {
      if (wanting.length === 0 || this.busy.has(leader)) continue;
      this.busy.add(leader);
      // A broker sends a batch that is larger than the lane's bytes only where no lane before it in the request has any.
      wanting.sort((a, b) => a.lastFed - b.lastFed);
      void this.fetchFrom(leader, wanting, wanting.length < all);
    }
  }

  private async fetchFrom(leader: number, lanes: Lane[], short: boolean): Promise<void> {
    let settled = true;
    try {
      const fetched = await this.options.working.watch(`fetching from broker ${leader}`, () =>
        this.fetch(leader, lanes, short),
      );
      for (const partition of fetched) settled = this.accept(partition, leader) && settled;
    } catch (error) {
      settled = false;
      this.judge(error, lanes);
    }
    this.busy.delete(leader);
    if (settled) this.dispatch();
    else this.later();
  }

  private async fetch(leader: number, lanes: Lane[], short: boolean): Promise<FetchedPartition[]> {
    const broker = await this.connection.broker(leader);
    const maxBytes = this.options.laneBytes;
    const positions = lanes.map(({ lane, next }) => ({ partition: lane, offset: next, maxBytes }));
    return fetchRecords(broker, this.source, positions, {
      maxWaitMs: short ? shortWaitMs : (this.options.maxWaitMs ?? longestPollMs),
      maxBytes: maxBytes * lanes.length,
    });
  }

  /**
   * Returns whether the partition's answer was one to go on with at once. When a lane's leader changes, the former one may still
   * answer beside the new one: what was asked from where the lane no longer stands is not taken, it would be read twice.
   */
  private accept(partition: FetchedPartition, leader: number): boolean {
    if (this.closed) return true;
    const lane = this.lanes.get(partition.partition)!;
    const { error } = partition;
    if (error !== undefined) {
      if (this.standsStill(lane, error, leader)) return true;
      this.judge(error, [lane]);
      return false;
    }
    isWell(lane);
    lane.unreadable = 0;
    lane.blockedBy = undefined;
    this.options.blocked.remove(lane.lane);
    lane.highWatermark = partition.highWatermark;
    if (partition.from === lane.next && partition.next > lane.next) {
      lane.waiting.push({ records: partition.records, next: partition.next });
      lane.waitingBytes += partition.bytes;
      lane.next = partition.next;
      lane.lastFed = performance.now();
      lane.arrived.open();
    }
    return true;
  }

  /** Whether the error is about what stands at the lane's position: then the lane is left alone for a while, and the others go on. */
  private standsStill(lane: Lane, error: Error, leader: number): boolean {
    const { type } = kindOf(error);
    if (type === errorTypes.unreadable) {
      lane.unreadable++;
      if (lane.unreadable === mostTries) {
        lane.blockedBy = type;
        lane.highWatermark = undefined;
        const place = `stream ${this.source.topic}, partition ${lane.lane}: what stands at offset ${lane.next}`;
        this.options.blocked.add(
          lane.lane,
          `${place} cannot be read, as broker ${leader} sends it: ${messageOf(error)}; let another broker lead the partition, or delete its records up to the end of that batch`,
        );
      }
    } else if (type !== lane.blockedBy) return false;
    isWell(lane);
    lane.resting = true;
    setTimeout(
      () => {
        lane.resting = false;
        this.dispatch();
      },
      lane.blockedBy === undefined ? restMs.first : restMs.blocked,
    ).unref();
    return true;
  }

  /**
   * Leaves passing troubles to the next try, and tells of those that last; anything else ends the reading.
   * @param lanes those that it keeps from their records
   */
  private judge(error: unknown, lanes: readonly Lane[]): void {
    if (this.closed) return;
    const kind = kindOf(error);
    const now = performance.now();
    const silent = (lane: Lane, ms: number) => now - lane.lastWell >= ms;
    const all = [...this.lanes.values()].every((lane) => silent(lane, silenceMs.all));
    if (isPassing(error) && !all && !lanes.some((lane) => silent(lane, silenceMs.one))) {
      for (const lane of lanes.filter((each) => !each.told && silent(each, silenceMs.all))) {
        lane.told = true;
        lane.highWatermark = undefined;
        this.options.onSilence(lane.lane, (now - lane.lastWell) / 1000, describeFailure(error));
      }
      if (kind.network && kind.broker) this.connection.drop(kind.broker);
      return;
    }
    this.failure =
      error instanceof Blocked
        ? error
        : new KafkaFailure(`Fetch from ${this.source.topic}`, kind.type, false, { cause: error });
    for (const { arrived } of this.lanes.values()) arrived.open();
  }

  /** Looks where the leaders are, and tries again after a pause. */
  private later(): void {
    if (this.closed || this.failure || this.retry) return;
    this.retry = setTimeout(() => {
      void this.options.working
        .watch("looking for the leaders", () => this.connection.refresh())
        .catch((error: unknown) => this.judge(error, []))
        .finally(() => {
          this.retry = undefined;
          this.dispatch();
        });
    }, retryPauseMs);
  }
}

function isWell(lane: Lane): void {
  lane.lastWell = performance.now();
  lane.told = false;
}
