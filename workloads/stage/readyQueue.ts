import type { WireRecord } from "./kafka/recordBatch";
import { Gate } from "./gate";

/** What became of one source record (or of a stretch of the source without records), to be committed as a whole. */
export interface Step {
  /** Position after it. */
  next: bigint;
  outputs: readonly WireRecord[];
  deadLetters: readonly WireRecord[];
  /** Bytes of outputs and dead letters in record batches, and of the dead letters alone. */
  bytes: number;
  deadLetterBytes: number;
  recordsIn: number;
  bytesIn: number;
  /** When the record came into being, milliseconds since the epoch; for its age. */
  originTime?: number;
  /** From the source record's timestamp to the start of its processing, and the processing itself; of a stream's records. */
  consumedMs?: number;
  processedMs?: number;
}

export interface ReadyLimits {
  /**
   * Most bytes of one lane in one transaction: a partition's records make one batch, which the brokers bound. A lane has room until as
   * much waits, `stepBytes` for each step included.
   */
  laneBytes: number;
  /** Most bytes of one transaction, and of what all lanes have waiting, counted in the same ways. */
  totalBytes: number;
}

/**
 * What a step counts for beside its records where room is asked for: about what it takes in memory. Those of a filter have no records
 * as a rule; were they nothing, all that the source holds would wait while one commit hangs, and the next be of all that.
 */
export const stepBytes = 256;

/** The part of the queue that one transaction commits. */
export interface Cut {
  lanes: { lane: number; steps: Step[]; next: bigint }[];
  bytes: number;
  /** Lanes may share a partition of the dead-letter topic: the bound of one batch holds for all of them together. */
  deadLetterBytes: number;
}

interface Lane {
  steps: Step[];
  /** Of its records and its steps. */
  bytes: number;
  room: Gate;
}

/** Processed and waiting to be committed, by lane and in order. Bounded: who has pushed waits for room. */
export class ReadyQueue {
  private readonly lanes: Map<number, Lane>;
  /** Of all lanes. */
  private bytes = 0;
  private records = 0;
  private waiting = 0;
  private closed = false;

  constructor(
    lanes: readonly number[],
    private readonly limits: ReadyLimits,
    /** Called when something to commit has come, and when waiting for more has no point any longer; not for each step. */
    private readonly onNews: () => void,
  ) {
    this.lanes = new Map(lanes.map((lane) => [lane, { steps: [], bytes: 0, room: new Gate() }]));
  }

  /** Whether records (not only progress) wait. */
  get hasRecords(): boolean {
    return this.records > 0;
  }

  get isEmpty(): boolean {
    return this.waiting === 0;
  }

  /** Whether waiting longer would not make the next transaction larger. */
  get isFull(): boolean {
    return (
      this.bytes >= this.limits.totalBytes ||
      [...this.lanes.values()].some(({ bytes }) => bytes >= this.limits.laneBytes)
    );
  }

  hasRoom(lane: number): boolean {
    return this.closed || (this.lanes.get(lane)!.bytes < this.limits.laneBytes && this.bytes < this.limits.totalBytes);
  }

  async waitForRoom(lane: number): Promise<void> {
    while (!this.hasRoom(lane)) await this.lanes.get(lane)!.room.wait();
  }

  push(lane: number, step: Step): void {
    const into = this.lanes.get(lane)!;
    const first = this.waiting === 0 || (this.records === 0 && step.recordsIn > 0);
    into.steps.push(step);
    into.bytes += step.bytes + stepBytes;
    this.waiting++;
    this.bytes += step.bytes + stepBytes;
    this.records += step.recordsIn;
    if (first || into.bytes >= this.limits.laneBytes || this.bytes >= this.limits.totalBytes) this.onNews();
  }

  /** Takes what fits into one transaction, at least one step of each lane that has any, as long as the total allows. */
  cut(): Cut {
    const cut: Cut = { lanes: [], bytes: 0, deadLetterBytes: 0 };
    for (const lane of this.inTurn()) {
      if (cut.bytes >= this.limits.totalBytes) break;
      const { steps } = this.lanes.get(lane)!;
      const count = this.fitting(steps, cut);
      if (count === 0) continue;
      const taken = steps.splice(0, count);
      for (const step of taken) this.take(lane, step, cut);
      cut.lanes.push({ lane, steps: taken, next: taken.at(-1)!.next });
    }
    for (const { room } of this.lanes.values()) room.open();
    return cut;
  }

  /** Lets go whoever waits for room; what is pushed after that is never cut. */
  close(): void {
    this.closed = true;
    for (const { room } of this.lanes.values()) room.open();
  }

  private take(lane: number, step: Step, cut: Cut): void {
    this.lanes.get(lane)!.bytes -= step.bytes + stepBytes;
    this.bytes -= step.bytes + stepBytes;
    this.waiting--;
    this.records -= step.recordsIn;
    cut.bytes += step.bytes;
    cut.deadLetterBytes += step.deadLetterBytes;
  }

  private fitting(steps: readonly Step[], cut: Cut): number {
    const most = Math.min(this.limits.laneBytes, this.limits.totalBytes - cut.bytes);
    let bytes = 0;
    let letters = cut.deadLetterBytes;
    let count = 0;
    for (const step of steps) {
      if (count > 0 && bytes + step.bytes > most) break;
      if (letters > 0 && letters + step.deadLetterBytes > this.limits.laneBytes) break;
      bytes += step.bytes;
      letters += step.deadLetterBytes;
      count++;
    }
    return count;
  }

  /** The fullest lanes first, so that none starves when the total does not allow all. */
  private inTurn(): number[] {
    return [...this.lanes].sort(([, a], [, b]) => b.bytes - a.bytes).map(([lane]) => lane);
  }
}
