import { spawn, type ChildProcess } from "node:child_process";
import type { Running } from "./contender";

/** Characters of its output that are kept for an error message. */
const keptOutput = 3000;
const graceMs = 15_000;

/** A contender that is one process; it dies with this one. */
export class ProgramProcess implements Running {
  private output = "";
  private readonly child: ChildProcess;

  /** @param onEnd removes what the process leaves behind */
  constructor(
    private readonly name: string,
    command: string,
    args: readonly string[],
    private readonly onEnd: () => void = () => undefined,
  ) {
    this.child = spawn("setpriv", ["--pdeathsig", "KILL", command, ...args], { stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      stream.setEncoding("utf8").on("data", (text: string) => (this.output = (this.output + text).slice(-keptOutput)));
    }
    this.child.once("error", (error) => (this.output += error.message));
  }

  get pids(): number[] {
    return this.child.pid === undefined ? [] : [this.child.pid];
  }

  check(): void {
    if (this.hasEnded)
      throw new Error(`${this.name} ended with ${this.child.exitCode ?? this.child.signalCode}: ${this.output}`);
  }

  async stop(): Promise<void> {
    if (!this.hasEnded) {
      const gone = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGTERM");
      const timer = setTimeout(() => this.child.kill("SIGKILL"), graceMs);
      await gone;
      clearTimeout(timer);
    }
    this.onEnd();
  }

  private get hasEnded(): boolean {
    return this.child.pid === undefined || this.child.exitCode !== null || this.child.signalCode !== null;
  }
}
