import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

/** How long a program may clean up after an interrupt, as in the official host. */
const GRACE_MS = 5000;

/** The processes this host has started. */
export class Children {
  private readonly running = new Set<ChildProcess>();

  /** Starts a process and hands out what it prints. @returns its exit code once all output has been handed out. */
  async run(
    command: string,
    args: readonly string[],
    options: SpawnOptions,
    on: { stdout(chunk: Buffer): void; stderr(chunk: Buffer): void; start?(child: ChildProcess): void },
  ): Promise<{ code: number | null; signal: NodeJS.Signals | null }> {
    const child = spawn(command, args, { ...options, stdio: ["ignore", "pipe", "pipe"] });
    this.running.add(child);
    child.stdout?.on("data", on.stdout);
    child.stderr?.on("data", on.stderr);
    on.start?.(child);
    try {
      return await new Promise((resolve, reject) => {
        child.on("error", reject);
        child.on("close", (code, signal) => resolve({ code, signal }));
      });
    } finally {
      this.running.delete(child);
    }
  }

  interruptAll(): void {
    for (const child of this.running) this.interrupt(child);
  }

  interrupt(child: ChildProcess): void {
    child.kill("SIGINT");
    setTimeout(() => child.kill("SIGKILL"), GRACE_MS).unref();
  }
}
