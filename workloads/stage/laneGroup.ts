import { longestTransactionMs, type StageConfig } from "../../core/contract/stageConfig";
import { transactionalId } from "../../core/naming";
import { AtWork, type UnderWay } from "./atWork";
import { Blocked, BlockedLanes } from "./blocked";
import { checkpointPart, type Checkpoint, type Positions } from "./checkpoint";
import { Gate } from "./gate";
import { ClusterConnection, type KafkaLog } from "./kafka/connection";
import { describeFailure, KafkaFailure } from "./kafka/failure";
import { partitionKey } from "./kafka/produce";
import { TransactionWriter } from "./kafka/writer";
import { Lifecycle, type State } from "./lifecycle";
import { Outranked, recover, type Recovered } from "./recover";
import { Session, type Commit } from "./session";
import type { LaneSource } from "./sources/laneSource";

/** Pauses before a rebuild, doubling while rebuilds fail; and before another look at what blocked the group. */
const pauseMs = { first: 50, most: 2000, blocked: 10_000 };
/** After so long the coordinator aborts a transaction: at first, and at the most. */
const transactionMs = { first: 20_000, most: longestTransactionMs };
/** From here on the former owner writes nothing more. */
const fences: ReadonlySet<State> = new Set<State>(["fencing", "recovering", "running"]);
/** The former owner's lanes are nobody's. */
const taking: ReadonlySet<State> = new Set<State>(["fencing", "recovering"]);
const ending: ReadonlySet<State> = new Set<State>(["draining", "stopped"]);

export interface LaneGroupArgs {
  config: StageConfig;
  group: number;
  lanes: readonly number[];
  /** Identity of the source, part of the fence. */
  source: { clusterId: string; topic: string };
  /**
   * @param working is to know of the source's requests, and of the records in its processor
   * @param blocked is to know of lanes that must not go on while the others do
   */
  openSource: (working: AtWork, blocked: BlockedLanes) => Promise<LaneSource>;
  membership: Membership;
  kafkaLog: KafkaLog;
  clientId: string;
  events: LaneGroupEvents;
}

/** What a fenced owner asks of its group before it takes the fence again. */
export interface Membership {
  /** Resolves at a join, or at the second heartbeat that the group answers from now on. */
  proof(): Promise<void>;
  /** Resolves when the group assigns again. */
  nextJoin(): Promise<void>;
}

export interface LaneGroupEvents {
  onState(group: number, from: State, to: State, reason: string): void;
  onCommit(group: number, commit: Commit): void;
  /** A lane is blocked for this reason, while the others go on; or is no longer. */
  onBlocked(group: number, lane: number, reason: string | undefined): void;
  /** Records are gone and were given up, and the position behind them is committed: until then each attempt finds them anew. */
  onLoss(group: number, lane: number, records: bigint): void;
}

/** The owner of one lane group: fences, recovers, runs; rebuilds after any error; steps back when fenced. */
export class LaneGroup {
  readonly lifecycle: Lifecycle;
  private readonly done: Promise<void>;
  private readonly stopSignal = new Gate();
  private stopping = false;
  /** Assigned to somebody else, who will fence it. */
  private handingOver = false;
  private session: Session | undefined;
  /** Of the attempt that is under way: what one that is over left undone is nobody's any more. */
  private working = new AtWork();
  /** For longer than an attempt: what goes on being blocked is not told of again. */
  private readonly blockedLanes: BlockedLanes;
  /** What this attempt gave up, by lane; told and emptied at its first commit, which has the positions of all lanes. */
  private lost = new Map<number, bigint>();
  private pause = pauseMs.first;
  /** Since when each attempt has failed before it ran, by performance.now(). */
  private failingSince: number | undefined;
  /** Grows where transactions need longer: with a fixed limit slow brokers would never commit any. */
  private transactionTimeoutMs: number;

  constructor(private readonly args: LaneGroupArgs) {
    this.transactionTimeoutMs = args.config.timing?.transactionTimeoutMs ?? transactionMs.first;
    this.blockedLanes = new BlockedLanes((lane, reason) => args.events.onBlocked(args.group, lane, reason));
    this.lifecycle = new Lifecycle((from, to, reason) => args.events.onState(args.group, from, to, reason));
    this.done = this.main();
  }

  get group(): number {
    return this.args.group;
  }

  /** Whether it has begun to fence and does not run yet. */
  get isTaking(): boolean {
    return taking.has(this.lifecycle.state);
  }

  /** Offsets in the source behind the last commit, by lane; nothing of lanes that are not being read, or whose leader is silent. */
  get lag(): ReadonlyMap<number, number> {
    return this.session?.lag ?? new Map();
  }

  /** Lanes that stand still while the group runs, with the reasons. */
  get blocked(): ReadonlyMap<number, string> {
    return this.session === undefined ? new Map() : this.blockedLanes.reasons;
  }

  /** The step, or the record in its processor, that has been under way for the longest time. */
  get atWork(): UnderWay | undefined {
    return this.working.oldest;
  }

  /** For how many seconds each attempt has failed before it ran, although nobody else has the lanes. */
  get failingSeconds(): number {
    return this.failingSince === undefined ? 0 : (performance.now() - this.failingSince) / 1000;
  }

  /** Ends what is under way and resolves when the group's connections are closed. */
  async stop(): Promise<void> {
    this.stopping = true;
    this.stopSignal.open();
    this.session?.stop();
    await this.done;
  }

  /**
   * Goes on until the next owner fences it: nothing stands still while that one connects, or where it cannot. Resolves when
   * the group's connections are closed. One that has fenced nobody stops at once.
   */
  async handOver(): Promise<void> {
    if (!fences.has(this.lifecycle.state)) return this.stop();
    this.handingOver = true;
    this.session?.lookAtFence(true);
    await this.done;
  }

  /** After `handOver`: the owner keeps the lanes. Returns false where it has ended already. */
  takeBack(): boolean {
    if (this.stopping || ending.has(this.lifecycle.state)) return false;
    this.handingOver = false;
    this.session?.lookAtFence(false);
    return true;
  }

  private async main(): Promise<void> {
    let reason = "told to stop";
    while (!this.stopping) {
      try {
        await this.attempt();
      } catch (error) {
        if (this.stopping) break;
        if (this.handingOver) {
          reason = `handed over: ${describeFailure(error)}`;
          break;
        }
        await this.stepBack(error);
      }
      if (!this.stopping) this.lifecycle.to("connecting", "trying again");
    }
    this.lifecycle.to("draining", reason);
    this.lifecycle.to("stopped", reason);
  }

  /** From connecting to the end of a session. */
  private async attempt(): Promise<void> {
    const { config, group } = this.args;
    const [connection, source] = await this.working.watch("connecting", () => this.open());
    const writer = new TransactionWriter(connection, this.transactionalIdsOf(group), this.transactionTimeoutMs);
    try {
      if (this.stopping) return;

      this.lifecycle.to("fencing", "connected");
      await this.working.watch("fencing", () => writer.fence());
      if (this.stopping) return;

      this.lifecycle.to("recovering", "the transactional ids are this replica's");
      const checkpoint = await this.working.watch("recovering", () => this.recover(connection, writer, source));
      if (this.stopping) return;

      const deadLetterPartitions = connection.partitionsOf(config.deadLetterTopic);
      this.session = new Session({
        ...this.args,
        writer,
        source,
        checkpoint,
        deadLetterPartitions,
        working: this.working,
        onCommit: (commit) => this.committed(commit),
      });
      if (this.handingOver) this.session.lookAtFence(true);
      this.failingSince = undefined;
      this.lifecycle.to("running", describe(checkpoint, source.key, this.args.lanes));
      await this.session.run();
    } finally {
      if (writer.isOverdue)
        this.transactionTimeoutMs = Math.max(
          this.transactionTimeoutMs,
          Math.min(2 * this.transactionTimeoutMs, transactionMs.most),
        );
      this.session = undefined;
      this.working = new AtWork();
      await Promise.allSettled([connection.close(), source.close()]);
    }
  }

  /**
   * Connects to both ends at the same time, and to all brokers that matter: the former owner goes on until it is fenced, so
   * what can be done before that costs nothing. @throws the first failure, with nothing left open
   */
  private async open(): Promise<[ClusterConnection, LaneSource]> {
    const { config, clientId, kafkaLog } = this.args;
    const topics = [config.to.topic, config.checkpointTopic, config.deadLetterTopic];
    const ends = await Promise.allSettled([
      ClusterConnection.reach(config.to, topics, clientId, kafkaLog),
      this.args.openSource(this.working, this.blockedLanes),
    ]);
    const [connection, source] = ends;
    if (connection.status === "fulfilled" && source.status === "fulfilled") return [connection.value, source.value];
    await Promise.allSettled(ends.map((end) => (end.status === "fulfilled" ? end.value.close() : undefined)));
    throw ends.find((end) => end.status === "rejected")!.reason;
  }

  /** Claims the lanes. Returns the checkpoint to go on from. @throws Outranked, Blocked */
  private async recover(
    connection: ClusterConnection,
    writer: TransactionWriter,
    source: LaneSource,
  ): Promise<Checkpoint> {
    const { config, group, lanes } = this.args;
    const compose = ({ carried, claim }: Recovered, positions: Positions): Checkpoint => ({
      positions: new Map([
        ...carried.positions,
        [source.key, new Map([...(carried.positions.get(source.key) ?? []), ...positions])],
      ]),
      source: source.key,
      topicIds: new Map([
        ...carried.topicIds,
        ...(source.topicId === undefined ? [] : [[source.key, source.topicId] as const]),
      ]),
      laneGroups: config.laneGroups,
      generation: config.generation,
      claim,
      place: config.place,
      transactionalIds: this.transactionalIdsOf(group),
    });
    const args = {
      ...config,
      group,
      lanes,
      source: source.key,
      topic: this.args.source.topic,
      topicId: source.topicId,
      transactionTimeoutMs: this.transactionTimeoutMs,
      transactionalIdsOf: (other: number) => this.transactionalIdsOf(other),
    };
    const found = await recover(connection, args, async (plan) => {
      source.prepare(lanes, plan.positions);
      const claim = checkpointPart(config.checkpointTopic, config.stage, group, compose(plan, plan.positions));
      const written = await writer.write([claim]);
      return { offset: written.offsets.get(partitionKey(claim))!, commit: () => writer.end(written) };
    });
    const start = await source.startPositions(lanes, found.positions);
    this.lost = passedOver(found.positions, start);
    return compose(found, start);
  }

  private transactionalIdsOf(group: number): [string, string] {
    const { config, source } = this.args;
    const id = (turn: 0 | 1) => transactionalId(config.pipeline, config.stage, source, group, turn);
    return [id(0), id(1)];
  }

  private committed(commit: Commit): void {
    this.pause = pauseMs.first;
    const { events, group } = this.args;
    events.onCommit(group, commit);
    for (const [lane, records] of this.lost) events.onLoss(group, lane, records);
    this.lost.clear();
  }

  /** After an error: the pause or the wait that suits it. */
  private async stepBack(error: unknown): Promise<void> {
    const reason = describeFailure(error);
    const failingSince = this.failingSince ?? performance.now();
    this.failingSince = undefined;
    if (error instanceof Outranked) {
      this.lifecycle.to("standing-down", reason);
      await this.unlessStopped(this.args.membership.nextJoin());
    } else if (error instanceof Blocked) {
      this.lifecycle.to("blocked", reason);
      await this.stopSignal.wait(pauseMs.blocked);
    } else if (error instanceof KafkaFailure && error.fenced && this.lifecycle.state !== "connecting") {
      this.lifecycle.to("standing-down", reason);
      await this.unlessStopped(this.args.membership.proof());
    } else {
      this.failingSince = failingSince;
      this.lifecycle.to("rebuilding", reason);
      await this.stopSignal.wait(this.pause);
      this.pause = Math.min(this.pause * 2, pauseMs.most);
    }
  }

  /** Each call makes one race of its own: it waits seconds, not turns of a loop. */
  private async unlessStopped(event: Promise<void>): Promise<void> {
    let over = false;
    void event.then(() => {
      over = true;
      this.stopSignal.open();
    });
    while (!over && !this.stopping) await this.stopSignal.wait();
  }
}

/** By lane: how many records lie between where it stood and where it goes on, where there are any. */
function passedOver(stored: Positions, start: Positions): Map<number, bigint> {
  const between = [...stored].map(([lane, at]) => [lane, start.get(lane)! - at] as const);
  return new Map(between.filter(([, records]) => records > 0n));
}

function describe(checkpoint: Checkpoint, source: string, lanes: readonly number[]): string {
  const positions = checkpoint.positions.get(source)!;
  return `claim ${checkpoint.claim}, from ${lanes.map((lane) => `${lane}:${positions.get(lane)}`).join(" ")}`;
}
