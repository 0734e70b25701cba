import type { StageConfig } from "../../core/contract/stageConfig";
import { until } from "../../core/wait";
import { StageProcess, type CommitFaults, type LogLine } from "../support/stageProcess";
import type { Plan } from "./plan";

const places = ["edge", "cloud"] as const;
/** How long a replica may take to drain, milliseconds. */
const graceMs = 10_000;

/** The replicas of the stage under test, of all its generations. */
export class Replicas {
  private current: StageProcess[] = [];
  private readonly past: StageProcess[] = [];
  private generation = 1;
  private laneGroups: number;
  private started = 0;

  constructor(
    private readonly config: StageConfig,
    private readonly plan: Plan,
    private readonly program: string | undefined,
  ) {
    this.laneGroups = plan.laneGroups;
    this.add(plan.replicas);
  }

  /** Waits until the replicas of the beginning run every lane group: faults are to meet a stage at work. */
  async untilRunning(): Promise<void> {
    await until(
      `stage ${this.config.stage}: every lane group runs`,
      async () => {
        const running = this.current.flatMap(({ lines }) => lines.filter(({ to }) => to === "running"));
        const groups = new Set(running.map(({ group }) => group));
        // No more groups than lanes.
        if (groups.size < Math.min(this.laneGroups, this.plan.partitions))
          throw new Error(`running: ${[...groups].join(", ") || "none"}`);
      },
      { within: 120, every: 0.1 },
    );
  }

  /** Chosen by a number that the plan knows, from those that are there now. */
  pick(number: number): StageProcess {
    return this.current[number % this.current.length]!;
  }

  add(count = 1): void {
    for (let n = 0; n < count; n++) this.current.push(this.launch());
  }

  /** Takes one away; the last one stays. Returns undefined where it does. */
  remove(number: number): StageProcess | undefined {
    if (this.current.length < 2) return undefined;
    const [gone] = this.current.splice(number % this.current.length, 1);
    this.past.push(gone!);
    return gone;
  }

  /** A newer generation of as many replicas. Returns those of the one before. */
  renew({ laneGroups = this.laneGroups, move }: { laneGroups?: number; move: boolean }): StageProcess[] {
    const old = this.current;
    this.past.push(...old);
    this.current = [];
    this.generation += move ? 1 : 2; // Places follow the parity.
    this.laneGroups = laneGroups;
    this.add(old.length);
    return old;
  }

  /** Those that are there now end in order. */
  async leave(): Promise<void> {
    await Promise.all(this.current.map(drain));
  }

  /** What every replica has said, in the order in which they were started first. */
  get logs(): LogLine[][] {
    return [...this.past, ...this.current].map(({ lines }) => lines);
  }

  /** What has happened around commits, by kind. */
  get commitFaultsSeen(): string[] {
    return this.logs.flatMap((lines) => lines.flatMap(({ fault }) => (fault === undefined ? [] : [`commit-${fault}`])));
  }

  async end(): Promise<void> {
    await Promise.all([...this.past, ...this.current].map((each) => each.end("SIGKILL")));
    this.past.push(...this.current);
    this.current = [];
  }

  private launch(): StageProcess {
    const number = this.started++;
    const faults = (life: number) => this.commitFaults(number, life);
    const place = places[this.generation % 2]!;
    const { generation, laneGroups, program } = this;
    const config = { ...this.config, place, generation, laneGroups };
    return new StageProcess({ config, faults, restart: true, program });
  }

  private commitFaults(replica: number, life: number): CommitFaults {
    const planned = this.plan.commitFaults[replica]?.[life];
    return { at: planned === undefined ? {} : { [planned.atCommit]: planned.fault } };
  }
}

/** SIGTERM, and the end after the grace period, as Kubernetes does it. */
export async function drain(stage: StageProcess): Promise<void> {
  const graceful = stage.end("SIGTERM");
  const impatient = setTimeout(() => stage.signal("SIGKILL"), graceMs);
  await graceful;
  clearTimeout(impatient);
}
