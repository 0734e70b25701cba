import type { Broker } from "./internals";
import type { ClusterConnection } from "./connection";
import { commitTransaction } from "./endTxn";
import { errorOfCode } from "./failure";
import { leaderErrors } from "./offsets";
import { partitionKey, produce, type PartitionRecords } from "./produce";
import type { Producer } from "./recordBatch";

/** A transaction whose records are in the partitions' logs, neither committed nor aborted. */
export interface WrittenTransaction {
  readonly number: number;
  /** Where its first record stands, by `partitionKey`: in the log that all in-sync replicas have. */
  readonly offsets: ReadonlyMap<string, bigint>;
}

const coordinatorErrors: ReadonlySet<string> = new Set([
  "CONCURRENT_TRANSACTIONS",
  "GROUP_LOAD_IN_PROGRESS",
  "GROUP_COORDINATOR_NOT_AVAILABLE",
  "NOT_COORDINATOR_FOR_GROUP",
  "UNKNOWN_TOPIC_OR_PARTITION",
]);
const produceErrors: ReadonlySet<string> = new Set([
  ...leaderErrors,
  "NOT_ENOUGH_REPLICAS",
  "NOT_ENOUGH_REPLICAS_AFTER_APPEND",
  "NETWORK_EXCEPTION",
  "CONCURRENT_TRANSACTIONS",
]);
/** The broker has this batch already: an earlier try got through and its answer was lost. */
const duplicateSequence = 46;

/** One transactional id with the epoch that fenced its former owner, one higher after each transaction. */
interface Turn extends Producer {
  readonly transactionalId: string;
  coordinator?: Broker;
}

/**
 * Transactions of one lane group, on two transactional ids in turn: while the markers of one transaction are written, the
 * records of the next are on their way. Safe under three rules (facts/kafka.md M): a transaction ends only after the one
 * before it ended well (checked here); a new owner fences both ids before it reads the checkpoint; that read waits for open
 * transactions to be settled.
 * Each end raises the epoch (KIP-890), so a request that comes late, when its connection is long gone and it has been sent
 * again, is refused and cannot end or fill the next transaction of its id. Sequences begin anew with each.
 * A partition that is retried keeps its sequence, so the broker drops what it has already: kafkajs' own producer does not,
 * and doubles records (facts/kafka.md M). After any KafkaFailure the writer is of no more use: make a new one.
 */
export class TransactionWriter {
  private readonly turns: Turn[];
  private written = 0;
  private ended = 0;
  /** When the transactions that have not ended began, the oldest first: two at the most. */
  private readonly begun: number[] = [];

  constructor(
    private readonly connection: ClusterConnection,
    transactionalIds: readonly [string, string],
    private readonly transactionTimeoutMs: number,
  ) {
    this.turns = transactionalIds.map((transactionalId) => ({
      transactionalId,
      producerId: -1n,
      producerEpoch: -1,
    }));
  }

  /** Makes both ids this writer's: whoever had them can commit no more, and what it left open is settled. */
  async fence(): Promise<void> {
    await Promise.all(
      this.turns.map(async (turn) => {
        const { transactionalId } = turn;
        const answer = await this.atCoordinator("InitProducerId", turn, (broker) =>
          broker.initProducerId({ transactionalId, transactionTimeout: this.transactionTimeoutMs }),
        );
        turn.producerId = BigInt(answer.producerId);
        turn.producerEpoch = answer.producerEpoch;
      }),
    );
  }

  /** Writes the records of the next transaction; each partition may occur once. The one before it may still be ending. */
  async write(parts: readonly PartitionRecords[]): Promise<WrittenTransaction> {
    if (this.written > this.ended + 1)
      throw new Error(`transaction ${this.written} is not ended, ${this.written + 1} must wait`);
    const turn = this.turnOf(this.written);
    this.begun.push(performance.now());
    await this.addPartitions(turn, parts);
    const offsets = await this.produceAll(turn, parts);
    return { number: this.written++, offsets };
  }

  /** Commits a written transaction. An answer that was lost is asked for again. */
  async end(transaction: WrittenTransaction): Promise<void> {
    if (transaction.number !== this.ended) {
      throw new Error(
        `transaction ${transaction.number} must not end while ${this.ended} is not known to be committed`,
      );
    }
    const turn = this.turnOf(transaction.number);
    const next = await this.atCoordinator("EndTxn", turn, (broker) =>
      commitTransaction(broker, turn.transactionalId, turn),
    );
    Object.assign(turn, next);
    this.ended++;
    this.begun.shift();
  }

  /** Whether a transaction is under way that its coordinator may have aborted for its age. */
  get isOverdue(): boolean {
    return this.begun.length > 0 && performance.now() - this.begun[0]! >= this.transactionTimeoutMs;
  }

  private turnOf(number: number): Turn {
    return this.turns[number % 2]!;
  }

  private async addPartitions(turn: Turn, parts: readonly PartitionRecords[]): Promise<void> {
    const byTopic = new Map<string, number[]>();
    for (const { topic, partition } of parts) byTopic.set(topic, [...(byTopic.get(topic) ?? []), partition]);
    const topics = [...byTopic].map(([topic, partitions]) => ({ topic, partitions }));
    await this.atCoordinator("AddPartitionsToTxn", turn, (broker) =>
      broker.addPartitionsToTxn({ ...idOf(turn), topics }),
    );
  }

  private async produceAll(turn: Turn, batches: readonly PartitionRecords[]): Promise<Map<string, bigint>> {
    const pending = new Set(batches);
    const offsets = new Map<string, bigint>();
    await this.connection.persist("Produce", produceErrors, async () => {
      const byLeader = new Map<number, PartitionRecords[]>();
      for (const batch of pending) {
        const leader = this.connection.leaderIdOf(batch.topic, batch.partition);
        byLeader.set(leader, [...(byLeader.get(leader) ?? []), batch]);
      }
      // All answers are awaited: a request still under way when its batches are sent again elsewhere would be a second writer.
      const outcomes = await Promise.allSettled(
        [...byLeader].map(async ([leader, theirs]) => {
          const broker = await this.connection.broker(leader);
          const results = await produce(broker, turn.transactionalId, turn, theirs);
          const answers = new Map(results.map((result) => [partitionKey(result), result]));
          let refusal = 0;
          for (const batch of theirs) {
            const { errorCode, baseOffset } = answers.get(partitionKey(batch)) ?? { errorCode: -1, baseOffset: -1n };
            if (errorCode === 0 || errorCode === duplicateSequence) {
              pending.delete(batch);
              offsets.set(partitionKey(batch), baseOffset);
            } else refusal = errorCode;
          }
          if (refusal !== 0) throw errorOfCode(refusal);
        }),
      );
      const failures = outcomes.flatMap((outcome) =>
        outcome.status === "rejected" ? [outcome.reason as Error & { type?: string }] : [],
      );
      // The final errors first: one of them decides, whatever else could be tried again.
      const final = failures.find(({ type }) => type !== undefined && !produceErrors.has(type));
      if (failures.length > 0) throw final ?? failures[0];
    });
    return offsets;
  }

  /** Requests that the coordinator of the id answers; it is looked up again when it moved. */
  private atCoordinator<T>(during: string, turn: Turn, request: (broker: Broker) => Promise<T>): Promise<T> {
    return this.connection.persist(`${during} of ${turn.transactionalId}`, coordinatorErrors, async () => {
      turn.coordinator ??= await this.connection.coordinatorOf(turn.transactionalId);
      try {
        return await request(turn.coordinator);
      } catch (error) {
        if ((error as { type?: string }).type !== "CONCURRENT_TRANSACTIONS") turn.coordinator = undefined;
        throw error;
      }
    });
  }
}

function idOf({ transactionalId, producerId, producerEpoch }: Turn) {
  return { transactionalId, producerId: String(producerId), producerEpoch };
}
