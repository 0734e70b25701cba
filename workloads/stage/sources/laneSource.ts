import type { Positions } from "../checkpoint";
import type { Step } from "../readyQueue";

/** Where the lanes of one group read from: a stream or a device. One is made for each session of the group. */
export interface LaneSource {
  /** Identity kept in the checkpoint: positions of one source mean nothing for another. */
  readonly key: string;
  /** Kafka's id of the topic, where the source is a stream. */
  readonly topicId?: string;
  /**
   * Begins what `startPositions` and `run` need where they will be called with these positions, as they nearly always are, and
   * which touches nothing but this replica. May be left undone.
   */
  prepare(lanes: readonly number[], stored: Positions): void;
  /**
   * Where each lane goes on: at its position, or behind records that are gone and given up. A lane that must not go on stands at its
   * position, and `run` delivers nothing of it.
   * @param stored the checkpoint's positions
   * @throws Blocked where none may go on
   */
  startPositions(lanes: readonly number[], stored: Positions): Promise<Positions>;
  /** Reads and processes all lanes until stopped; rejects when it cannot go on. */
  run(start: Positions, deliver: Deliver, signal: AbortSignal): Promise<void>;
  /** Offsets in the source behind `next`, as far as it was last heard of; undefined where that is not known. */
  lag(lane: number, next: bigint): number | undefined;
  close(): Promise<void>;
}

/** Hands over the next step of a lane; resolves when there is room for more. */
export type Deliver = (lane: number, step: Step) => Promise<void> | void;
