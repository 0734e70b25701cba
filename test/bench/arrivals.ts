import type { Consumer, Kafka } from "kafkajs";
import { until } from "../../core/wait";
import { readStamp } from "./load";

/**
 * An independent reader (read_committed) at the destination: which records of a run have arrived, how often, and how long
 * after they were sent they could be read.
 */
export class Arrivals {
  /** Milliseconds by the record's number; NaN until it arrives. */
  private readonly latencies: Float64Array;
  private readonly times: Uint8Array;
  private distinct = 0;
  private repeated = 0;

  private constructor(
    private readonly consumer: Consumer,
    most: number,
  ) {
    this.latencies = new Float64Array(most).fill(NaN);
    this.times = new Uint8Array(most);
  }

  /** Reads from the start of the topic. @param most records of the whole run */
  static async start(kafka: Kafka, topic: string, most: number): Promise<Arrivals> {
    const consumer = kafka.consumer({ groupId: `arrivals-${topic}`, maxBytesPerPartition: 2 << 20 });
    const arrivals = new Arrivals(consumer, most);
    await consumer.connect();
    await consumer.subscribe({ topics: [topic], fromBeginning: true });
    await consumer.run({
      autoCommit: false,
      partitionsConsumedConcurrently: 5,
      eachBatch: async ({ batch }) => {
        const now = process.hrtime.bigint();
        for (const { value } of batch.messages) if (value !== null) arrivals.note(value, now);
      },
    });
    return arrivals;
  }

  /** Records that arrived more than once, so far. */
  get doubled(): number {
    return this.repeated;
  }

  /** Waits until so many different records are there; `check` throws when waiting is in vain. */
  async untilCount(what: string, count: number, within: number, check: () => void): Promise<void> {
    await until(
      what,
      async () => {
        if (this.distinct >= count) return;
        check();
        throw new Error(`${this.distinct} of ${count} records have arrived`);
      },
      { within, every: 0.1 },
    );
  }

  /** Latencies of the records of these numbers, milliseconds. */
  latenciesOf(first: number, count: number): number[] {
    return [...this.latencies.subarray(first, first + count)].filter((latency) => !Number.isNaN(latency));
  }

  async stop(): Promise<void> {
    await this.consumer.disconnect();
  }

  private note(value: Buffer, now: bigint): void {
    const { sequence, sentAt } = readStamp(value);
    if (this.times[sequence] === undefined)
      throw new Error(`record ${sequence} arrived, but only ${this.times.length} are sent: the topic is not fresh`);
    if (this.times[sequence]++ > 0) {
      this.repeated++;
      return;
    }
    this.distinct++;
    this.latencies[sequence] = Number(now - sentAt) / 1e6;
  }
}
