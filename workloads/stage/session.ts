import type { StageConfig } from "../../core/contract/stageConfig";
import type { AtWork } from "./atWork";
import { checkpointPart, type Checkpoint, type Positions } from "./checkpoint";
import { Gate } from "./gate";
import type { PartitionRecords } from "./kafka/produce";
import type { TransactionWriter, WrittenTransaction } from "./kafka/writer";
import type { WireRecord } from "./kafka/recordBatch";
import { Pacing } from "./pacing";
import { ReadyQueue, type Cut, type Step } from "./readyQueue";
import type { LaneSource } from "./sources/laneSource";

/** Most bytes of one transaction, over all lanes of the group. */
const transactionBytes = 8 << 20;
/** A position that moved without records (markers at the end of the log) is committed after this time; so is a look at the fence. */
const bareProgressMs = 5000;
/** How long a source may take to stop. */
const stopMs = 5000;

export interface SessionArgs {
  config: StageConfig;
  group: number;
  writer: TransactionWriter;
  source: LaneSource;
  /** Where the lanes go on, and everything else the next checkpoint says. */
  checkpoint: Checkpoint;
  lanes: readonly number[];
  deadLetterPartitions: number;
  /** Knows of the transactions under way. */
  working: AtWork;
  /** Told after each commit. */
  onCommit: (commit: Commit) => void;
}

export interface Commit {
  cut: Cut;
  durationMs: number;
  /** The part of it until all in-sync replicas had the records. */
  writtenMs: number;
}

/**
 * One stretch of processing between two rebuilds: the source fills the queue, this loop empties it in transactions of outputs
 * and checkpoint. The next one is written while the one before it ends.
 */
export class Session {
  private readonly queue: ReadyQueue;
  private readonly wake = new Gate();
  private readonly pacing: Pacing;
  private readonly reading = new AbortController();
  private failure: unknown;
  private stopping = false;
  private looksAtFence = false;
  private lastCommit = performance.now();
  /** Where the lanes stand by the last commit; the checkpoint is ahead of it while a transaction is under way. */
  private readonly committed: Positions;

  constructor(private readonly args: SessionArgs) {
    const limits = { laneBytes: Math.floor(args.config.to.maxMessageBytes / 2), totalBytes: transactionBytes };
    this.queue = new ReadyQueue(args.lanes, limits, () => this.wake.open());
    const positions = args.checkpoint.positions.get(args.source.key)!;
    this.committed = new Map(args.lanes.map((lane) => [lane, positions.get(lane)!]));
    this.pacing = new Pacing({ maxIntervalMs: args.config.timing?.maxCommitIntervalMs });
  }

  /** Runs until stopped. @throws what made the session impossible to go on with */
  async run(): Promise<void> {
    const reading = this.args.source
      .run(new Map(this.committed), (lane, step) => this.deliver(lane, step), this.reading.signal)
      .catch((error: unknown) => this.fail(error));
    try {
      await this.commitAll();
    } finally {
      this.reading.abort();
      this.queue.close();
      await Promise.race([reading, new Promise((resolve) => setTimeout(resolve, stopMs).unref())]);
    }
  }

  /** Ends what is under way; `run` returns. */
  stop(): void {
    this.stopping = true;
    this.reading.abort();
    this.wake.open();
  }

  /** Whether it commits now and then even where nothing came, to learn whether another owner has fenced it. */
  lookAtFence(looks: boolean): void {
    this.looksAtFence = looks;
    this.wake.open();
  }

  /** Offsets in the source behind the last commit, by lane, where they are known. */
  get lag(): Map<number, number> {
    const result = new Map<number, number>();
    for (const [lane, next] of this.committed) {
      const lag = this.args.source.lag(lane, next);
      if (lag !== undefined) result.set(lane, lag);
    }
    return result;
  }

  private fail(error: unknown): void {
    this.failure ??= error;
    this.wake.open();
  }

  private deliver(lane: number, step: Step): Promise<void> | undefined {
    this.queue.push(lane, step);
    return this.queue.hasRoom(lane) ? undefined : this.queue.waitForRoom(lane);
  }

  private async commitAll(): Promise<void> {
    let ending: Promise<void> = Promise.resolve();
    try {
      while (await this.awaitWork()) {
        const cut = this.queue.cut();
        const started = performance.now();
        this.pacing.started(started);
        const transaction = await this.write(cut);
        const writtenMs = performance.now() - started;
        await ending;
        ending = this.end(transaction, cut, started, writtenMs);
        ending.catch((error: unknown) => this.fail(error));
      }
    } finally {
      await ending;
    }
  }

  /** Waits until a transaction is due. Returns false when there will be none. */
  private async awaitWork(): Promise<boolean> {
    for (;;) {
      if (this.failure !== undefined) throw this.failure;
      if (this.stopping) return false;
      const now = performance.now();
      if (this.queue.hasRecords) {
        const delay = this.pacing.delay(now, this.queue.isFull);
        if (delay < 1) return true;
        await this.wake.wait(delay);
      } else if (this.queue.isEmpty && !this.looksAtFence) {
        await this.wake.wait();
      } else {
        const delay = this.lastCommit + bareProgressMs - now;
        if (delay <= 0) return true;
        await this.wake.wait(delay);
      }
    }
  }

  private write(cut: Cut): Promise<WrittenTransaction> {
    const { working, writer } = this.args;
    return working.watch("writing a transaction", () => writer.write(this.partsOf(cut)));
  }

  private async end(transaction: WrittenTransaction, cut: Cut, started: number, writtenMs: number): Promise<void> {
    await this.args.working.watch("ending a transaction", () => this.args.writer.end(transaction));
    this.lastCommit = performance.now();
    const durationMs = this.lastCommit - started;
    this.pacing.took(durationMs);
    for (const { lane, next } of cut.lanes) this.committed.set(lane, next);
    this.args.onCommit({ cut, durationMs, writtenMs });
  }

  /** The records of a transaction: outputs, dead letters, and the checkpoint that stands for them. */
  private partsOf(cut: Cut): PartitionRecords[] {
    const { config, group, checkpoint, source, deadLetterPartitions } = this.args;
    const positions = checkpoint.positions.get(source.key)!;
    const parts: PartitionRecords[] = [];
    const letters = new Map<number, WireRecord[]>();
    for (const { lane, steps, next } of cut.lanes) {
      positions.set(lane, next);
      const records = steps.flatMap(({ outputs }) => outputs);
      if (records.length > 0) parts.push({ topic: config.to.topic, partition: lane, records });
      const partition = lane % deadLetterPartitions;
      for (const { deadLetters } of steps) {
        if (deadLetters.length > 0) letters.set(partition, [...(letters.get(partition) ?? []), ...deadLetters]);
      }
    }
    for (const [partition, records] of letters) parts.push({ topic: config.deadLetterTopic, partition, records });
    parts.push(checkpointPart(config.checkpointTopic, config.stage, group, checkpoint));
    return parts;
  }
}
