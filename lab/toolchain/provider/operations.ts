import type { EngineLog } from "./engineLog";
import type { OperationContext } from "./provider";

/** Knows the running operations, so that a cancel from the engine or a timeout stops them. */
export class Operations {
  private readonly running = new Set<AbortController>();
  private cancelled = false;

  constructor(private readonly log: EngineLog | undefined) {}

  /**
   * Runs one operation and waits until its messages have arrived.
   * @param timeoutSeconds the resource's `customTimeouts`; 0 is no limit.
   */
  async run<T>(urn: string, timeoutSeconds: number, operation: (context: OperationContext) => Promise<T>): Promise<T> {
    const controller = new AbortController();
    if (this.cancelled) controller.abort(new Error("context canceled"));
    this.running.add(controller);
    const timer =
      timeoutSeconds > 0
        ? setTimeout(() => controller.abort(new Error("context deadline exceeded")), timeoutSeconds * 1000)
        : undefined;
    try {
      return await operation({
        status: (severity, message) => this.log?.send(urn, severity, message, true),
        log: (severity, message) => this.log?.send(urn, severity, message, false),
        signal: controller.signal,
      });
    } finally {
      clearTimeout(timer);
      this.running.delete(controller);
      await this.log?.flush();
    }
  }

  cancelAll(): void {
    this.cancelled = true;
    for (const controller of this.running) controller.abort(new Error("context canceled"));
  }
}
