/**
 * States of a lane group.
 * - connecting: to both clusters
 * - fencing: taking the transactional ids from any former owner
 * - recovering: reading the checkpoint and holding it against the source
 * - running
 * - rebuilding: something failed; a short pause, then everything anew
 * - standing-down: another owner took over; waits for the group's word
 * - blocked: cannot go on without a person (a gap in the source, say); looks again at times
 * - draining: told to stop, ending what is under way
 * - stopped
 */
export const states = [
  "connecting",
  "fencing",
  "recovering",
  "running",
  "rebuilding",
  "standing-down",
  "blocked",
  "draining",
  "stopped",
] as const;
export type State = (typeof states)[number];

/** From each state, where to. */
export const transitions: Readonly<Record<State, readonly State[]>> = {
  connecting: ["fencing", "rebuilding", "blocked", "draining"],
  fencing: ["recovering", "rebuilding", "standing-down", "draining"],
  recovering: ["running", "rebuilding", "standing-down", "blocked", "draining"],
  running: ["rebuilding", "standing-down", "blocked", "draining"],
  rebuilding: ["connecting", "draining"],
  "standing-down": ["connecting", "draining"],
  blocked: ["connecting", "draining"],
  draining: ["stopped"],
  stopped: [],
};

/** Where a lane group stands and why. */
export class Lifecycle {
  private current: State = "connecting";
  private why = "just started";

  constructor(private readonly onChange: (from: State, to: State, reason: string) => void = () => undefined) {}

  get state(): State {
    return this.current;
  }

  get reason(): string {
    return this.why;
  }

  /** @throws Error when the table has no such arrow */
  to(next: State, reason: string): void {
    if (!transitions[this.current].includes(next))
      throw new Error(`lane group: no way from ${this.current} to ${next}`);
    const from = this.current;
    this.current = next;
    this.why = reason;
    this.onChange(from, next, reason);
  }
}
