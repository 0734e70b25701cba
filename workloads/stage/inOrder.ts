import { Gate } from "./gate";

/**
 * Work on several things at once whose results are handed over in the order in which the work was started, however long each
 * takes. Bounded: who starts more waits until the oldest has been handed over.
 */
export class InOrder<Result> {
  private handedOver: Promise<void> = Promise.resolve();
  private underWay = 0;
  private failure: { error: unknown } | undefined;
  private readonly room = new Gate();

  constructor(
    private readonly atOnce: number,
    private readonly handOver: (result: Result) => Promise<void> | void,
    /** Told at once of the first failure: perhaps nothing more is ever started. */
    private readonly onFailure: (error: unknown) => void,
  ) {}

  /** Starts a piece of work when there is room for it. @throws what an earlier piece, or its hand-over, failed with */
  async start(work: () => Promise<Result>): Promise<void> {
    while (this.underWay >= this.atOnce && this.failure === undefined) await this.room.wait();
    if (this.failure !== undefined) throw this.failure.error;
    this.underWay++;
    const result = work();
    this.handedOver = this.pass(this.handedOver, result);
  }

  private async pass(before: Promise<void>, result: Promise<Result>): Promise<void> {
    try {
      // Both are awaited at once: a failure while an earlier piece still works is no unhandled one.
      const [value] = await Promise.all([result, before]);
      if (this.failure === undefined) await this.handOver(value);
    } catch (error) {
      if (this.failure === undefined) this.onFailure(error);
      this.failure ??= { error };
    }
    this.underWay--;
    this.room.open();
  }
}
