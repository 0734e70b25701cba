/**
 * Going on would lose records, or read others than those that are meant, for all lanes of a group: a person must decide. The lane group
 * stands still, says why (state `blocked`), and looks again every ten seconds.
 */
export class Blocked extends Error {
  constructor(message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "Blocked";
  }
}

/**
 * Lanes of one group that stand still, each with the reason: going on would lose records of theirs alone. The others go on, and each
 * checkpoint keeps where these stand.
 */
export class BlockedLanes {
  private readonly byLane = new Map<number, string>();

  /** @param onChange told once of each lane that is blocked, and when it is no longer (no reason) */
  constructor(private readonly onChange: (lane: number, reason: string | undefined) => void = () => undefined) {}

  get reasons(): ReadonlyMap<number, string> {
    return this.byLane;
  }

  add(lane: number, reason: string): void {
    if (this.byLane.get(lane) === reason) return;
    this.byLane.set(lane, reason);
    this.onChange(lane, reason);
  }

  remove(lane: number): void {
    if (this.byLane.delete(lane)) this.onChange(lane, undefined);
  }
}
