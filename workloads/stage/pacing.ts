/**
 * When the next transaction may start. Transactions are what costs, whatever they hold (12-15 ms of broker CPU each,
 * facts/kafka.md M); so under load fewer and larger ones. A stage that has been idle commits at once. After that the
 * interval follows the time a transaction takes, which grows with the load of the brokers and with their distance.
 */
export interface PacingOptions {
  /** Longest time between two transactions, milliseconds. @default 100 */
  maxIntervalMs?: number;
  /** Interval as a multiple of a transaction's time. @default 2 */
  factor?: number;
}

/** Weight of the newest duration in the average. */
const newestWeight = 0.2;

export class Pacing {
  private averageMs = 0;
  private lastStart = -Infinity;
  private readonly maxIntervalMs: number;
  private readonly factor: number;

  constructor({ maxIntervalMs = 100, factor = 2 }: PacingOptions = {}) {
    this.maxIntervalMs = maxIntervalMs;
    this.factor = factor;
  }

  /** Milliseconds to wait before the next transaction; 0 when a full batch is ready. */
  delay(now: number, full: boolean): number {
    if (full) return 0;
    return Math.max(0, this.lastStart + this.intervalMs - now);
  }

  started(now: number): void {
    this.lastStart = now;
  }

  /** Tells how long a transaction took from its first request to the answer to its last. */
  took(milliseconds: number): void {
    this.averageMs =
      this.averageMs === 0 ? milliseconds : this.averageMs + newestWeight * (milliseconds - this.averageMs);
  }

  get intervalMs(): number {
    return Math.min(this.maxIntervalMs, this.factor * this.averageMs);
  }
}
