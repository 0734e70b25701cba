/** When a copy of a stage began to run a lane group, by its own log. */
export interface Takeover {
  group: number;
  /** Milliseconds since the epoch; the lab's hosts have this machine's clock. */
  at: number;
}

/** The moments in a stage's log (one JSON object a line) at which a lane group began to run. Other lines are passed over. Pure. */
export function takeoversIn(log: string): Takeover[] {
  return log.split("\n").flatMap((line) => {
    if (!line.startsWith("{") || !line.includes('"running"')) return [];
    try {
      const { group, to, time } = JSON.parse(line) as { group?: number; to?: string; time: string };
      return to === "running" && group !== undefined ? [{ group, at: Date.parse(time) }] : [];
    } catch {
      // A line that the host's death cut short.
      return [];
    }
  });
}
