/** A piece of work that has not ended, and for how long, seconds. */
export interface UnderWay {
  name: string;
  seconds: number;
}

/** Knows which pieces of work are under way, and the oldest of them: what never ends, of a processor or of a client, is seen by it. */
export class AtWork {
  /** Start times by piece, the oldest first, as a Map keeps them. */
  private readonly started = new Map<{ name: string }, number>();

  constructor(private readonly now: () => number = () => performance.now()) {}

  /** Does the work, and knows of it meanwhile. */
  async watch<Result>(name: string, work: () => Promise<Result>): Promise<Result> {
    const piece = { name };
    this.started.set(piece, this.now());
    try {
      return await work();
    } finally {
      this.started.delete(piece);
    }
  }

  get oldest(): UnderWay | undefined {
    for (const [{ name }, since] of this.started) return { name, seconds: (this.now() - since) / 1000 };
    return undefined;
  }
}
