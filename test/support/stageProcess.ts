import assert from "node:assert/strict";
import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { createInterface } from "node:readline";
import type { StageConfig } from "../../core/contract/stageConfig";
import { Hopeless, until } from "../../core/wait";
import { MemoryLimit } from "./memoryLimit";
import { Scrape } from "./scrape";

export interface LogLine {
  msg?: string;
  level?: string;
  group?: number;
  to?: string;
  reason?: string;
  fault?: string;
  groups?: number[];
  [field: string]: unknown;
}

/** What preload-faults.cjs makes happen around commits: probabilities, or the number of the commit. */
export type CommitFault = "before" | "stopped" | "after" | "lost";
export type CommitFaults = Partial<Record<CommitFault, number>> & { at?: Record<number, CommitFault> };

export interface StageProcessOptions {
  config: StageConfig;
  /** Those of its lives, the first being 0. */
  faults?: CommitFaults | ((life: number) => CommitFaults);
  /** Another program than the product's. @default the bundle that goes into the image */
  program?: string;
  /** Started again at once when it dies without having been told to, as Kubernetes does. @default false */
  restart?: boolean;
  /** Memory it may have, MiB, as its pod's container limits it. @default what the machine has */
  memoryMiB?: number;
}

const workloads = path.join(__dirname, "..", "..", "workloads");

/** The bundle that goes into the image. */
export const stageProgram = path.join(workloads, "dist", "stage.cjs");

/** What the image sets for the bundle; memory depends on it. */
const imageEnvironment = Object.fromEntries(
  /^ENV (.+)$/m
    .exec(readFileSync(path.join(workloads, "images", "stage", "Dockerfile"), "utf8"))![1]!
    .split(" ")
    .map((assignment) => assignment.split("=") as [string, string]),
);

/** Makes the bundle of the sources as they are: without it a test runs whatever was built last. */
export function buildStage(): void {
  execFileSync(process.execPath, [path.join(workloads, "stage", "build.mjs")], {
    stdio: ["ignore", "pipe", "inherit"],
  });
}

// Each process that a test starts is ended with this one, by a listener of its own.
process.setMaxListeners(100);

/** A stage replica as its own process. */
export class StageProcess {
  readonly lines: LogLine[] = [];
  deaths = 0;
  private child!: ChildProcess;
  private wanted = true;
  /** Where the lines of this life begin. */
  private bornAt = 0;
  private readonly dir = mkdtempSync(path.join(tmpdir(), "iotef-stage-"));
  private readonly limit: MemoryLimit | undefined;
  private readonly endOnExit = () => {
    this.child.kill("SIGKILL");
    this.removeFiles();
  };

  constructor(private readonly options: StageProcessOptions) {
    if (options.memoryMiB !== undefined) this.limit = MemoryLimit.create(options.memoryMiB);
    writeFileSync(path.join(this.dir, "stage.json"), JSON.stringify(options.config));
    process.once("exit", this.endOnExit);
    this.launch();
  }

  get place(): string {
    return this.options.config.place;
  }

  get isAlive(): boolean {
    return this.child.exitCode === null && this.child.signalCode === null;
  }

  /** Undefined only when it could not be started. */
  get pid(): number | undefined {
    return this.child.pid;
  }

  signal(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  /** Waits for a log line from now on, or anywhere where `since` is 0. */
  async untilLine(
    what: string,
    matches: (line: LogLine) => boolean,
    since = this.lines.length,
    within = 60,
  ): Promise<LogLine> {
    return until(
      `stage at ${this.place}: ${what}`,
      async () => {
        const found = this.lines.slice(since).find(matches);
        if (found) return found;
        const last = this.lines.slice(-3).map((line) => JSON.stringify(line));
        if (!this.isAlive && !this.options.restart)
          throw new Hopeless(`ended with ${this.child.exitCode}; ${last.join(" ")}`);
        throw new Error(`last lines: ${last.join(" ")}`);
      },
      { within, every: 0.05 },
    );
  }

  /** Waits until this many lane groups have started to run, counted over all its lives. */
  async untilRunning(groups = 1): Promise<void> {
    await until(
      `stage at ${this.place}: ${groups} lane groups run`,
      async () => {
        const running = new Set(this.lines.filter(({ to }) => to === "running").map(({ group }) => group));
        if (running.size < groups)
          throw new Error(`running: ${[...running].join(", ") || "none"}; ${JSON.stringify(this.lines.slice(-3))}`);
      },
      { within: 300, every: 0.05 },
    );
  }

  async get(where: string): Promise<{ status: number; text: string }> {
    const { port } = await this.untilLine("serves HTTP", ({ port: found }) => found !== undefined, this.bornAt);
    const response = await fetch(`http://127.0.0.1:${port}${where}`);
    return { status: response.status, text: await response.text() };
  }

  /** Its metrics. */
  async scrape(): Promise<Scrape> {
    return new Scrape((await this.get("/metrics")).text);
  }

  /** Its lag by lane, as its metrics have it. */
  async lag(): Promise<Record<number, number>> {
    return (await this.scrape()).by("iotef_stage_lag_records", "lane");
  }

  /** Ends it for good: SIGTERM (drains) or SIGKILL. Returns its exit code. */
  async end(signal: "SIGTERM" | "SIGKILL"): Promise<number | null> {
    this.wanted = false;
    process.off("exit", this.endOnExit);
    if (this.isAlive) {
      const gone = new Promise((resolve) => this.child.once("exit", resolve));
      this.child.kill("SIGCONT");
      this.child.kill(signal);
      await gone;
    }
    this.removeFiles();
    await this.limit?.remove();
    return this.child.exitCode;
  }

  private removeFiles(): void {
    rmSync(this.dir, { recursive: true, force: true });
  }

  private launch(): void {
    const { faults, restart, program = stageProgram } = this.options;
    this.bornAt = this.lines.length;
    const ofThisLife = typeof faults === "function" ? faults(this.deaths) : faults;
    const command = this.limit?.wrap(process.execPath, [program]) ?? ([process.execPath, [program]] as const);
    this.child = spawn(...command, {
      env: {
        ...imageEnvironment,
        PATH: process.env["PATH"],
        IOTEF_STAGE_CONFIG: path.join(this.dir, "stage.json"),
        IOTEF_PROCESSORS: path.join(__dirname, "processors"),
        IOTEF_HTTP_PORT: "0",
        IOTEF_LOG_LEVEL: process.env["IOTEF_LOG_LEVEL"] ?? "info",
        ...(ofThisLife && {
          NODE_OPTIONS: `--require ${path.join(__dirname, "preload-faults.cjs")}`,
          IOTEF_FAULTS: JSON.stringify(ofThisLife),
        }),
      },
      stdio: ["ignore", "pipe", "pipe"],
    });
    for (const stream of [this.child.stdout!, this.child.stderr!]) {
      createInterface({ input: stream }).on("line", (line) => this.record(line));
    }
    this.child.once("exit", () => {
      if (!this.wanted) return;
      this.deaths++;
      if (restart) setTimeout(() => this.wanted && this.launch(), 200);
    });
  }

  private record(line: string): void {
    if (process.env["IOTEF_SHOW_LOGS"]) console.log(this.place, line.slice(0, 300));
    try {
      this.lines.push(JSON.parse(line) as LogLine);
    } catch {
      this.lines.push({ msg: line, level: "text" });
    }
  }
}

/** Runs a stage for as long as `use` takes. It must end in order. */
export async function whileStageRuns(config: StageConfig, use: (stage: StageProcess) => Promise<void>): Promise<void> {
  const stage = new StageProcess({ config });
  try {
    await use(stage);
  } finally {
    assert.equal(await stage.end("SIGTERM"), 0);
  }
}
