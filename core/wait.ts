import { messageOf } from "./errors";

/** Thrown by a probe that knows that waiting longer cannot help. */
export class Hopeless extends Error {
  constructor(message: string) {
    super(message);
    this.name = "Hopeless";
  }
}

/** Thrown by `until` when the time is over: the condition, the limit and what was seen last. */
export class WaitError extends Error {
  constructor(what: string, withinSeconds: number, lastReason: string) {
    super(`${what}: not so after ${withinSeconds} s; last seen: ${lastReason}`);
    this.name = "WaitError";
  }
}

export interface WaitOptions {
  /** How long to wait at the most, in seconds. Generous: machines are shared and slow at times. */
  within: number;
  /** Pause between two tries, in seconds. @default 1 */
  every?: number;
  /** Ends the wait before its next try. */
  signal?: AbortSignal;
  /** Called with the reason after each failed try; for progress output. */
  onTry?: (reason: string, elapsedSeconds: number) => void;
}

/**
 * Waits until `probe` no longer throws and returns what it returns. The first try is made at once.
 * @throws WaitError with the probe's last reason when the time is over
 * @throws Hopeless at once, when the probe throws it or the signal is aborted
 */
export async function until<T>(what: string, probe: () => Promise<T>, options: WaitOptions): Promise<T> {
  const start = performance.now();
  const every = (options.every ?? 1) * 1000;
  for (;;) {
    if (options.signal?.aborted) throw new Hopeless("stopped");
    try {
      return await probe();
    } catch (error) {
      if (error instanceof Hopeless) throw error;
      const elapsed = (performance.now() - start) / 1000;
      const reason = messageOf(error);
      if (elapsed + every / 1000 > options.within) throw new WaitError(what, options.within, reason);
      options.onTry?.(reason, elapsed);
      await pause(every);
    }
  }
}

function pause(milliseconds: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, milliseconds));
}
