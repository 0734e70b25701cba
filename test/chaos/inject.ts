import { setTimeout as sleep } from "node:timers/promises";
import { transactionalId } from "../../core/naming";
import type { LocalKafka } from "../support/localKafka";
import type { Pipeline } from "../support/pipeline";
import type { StageProcess } from "../support/stageProcess";
import type { Toxic } from "../support/toxiproxy";
import { brokersPerCluster, type Fault, type Side } from "./plan";
import { drain, type Replicas } from "./replicas";
import { linkName, type World } from "./world";

/** Longer than any session: who wakes up after it is an owner of the past. */
const oversleptMs = 4000;

type Directed = readonly [stream: "upstream" | "downstream", toxic: Toxic];

/** What a cut link does to connections that stay, or are, open. */
const toxicsOf: Record<"silent" | "reset", readonly Directed[]> = {
  silent: [
    ["upstream", { type: "timeout", attributes: { timeout: 0 } }],
    ["downstream", { type: "timeout", attributes: { timeout: 0 } }],
  ],
  reset: [["downstream", { type: "reset_peer", attributes: { timeout: 0 } }]],
};

/** What faults of one round act on. */
export class Injector {
  /** Disturbances that end by themselves. */
  private readonly ending: Promise<void>[] = [];
  /** A cluster bears one broker fault at a time (three replicas, two of them in sync): the next one waits for it. */
  private readonly whole: Record<Side, Promise<void>> = { source: Promise.resolve(), destination: Promise.resolve() };

  constructor(
    private readonly world: World,
    private readonly pipeline: Pipeline,
    private readonly replicas: Replicas,
  ) {}

  /** Makes it happen. Returns false where there was nothing to do it to. */
  async inject(fault: Fault): Promise<boolean> {
    switch (fault.kind) {
      case "stage-killed":
        return signal(this.replicas.pick(fault.replica), "SIGKILL");
      case "stage-frozen": {
        const stage = this.replicas.pick(fault.replica);
        if (!signal(stage, "SIGSTOP")) return false;
        this.later(fault.forMs, () => void signal(stage, "SIGCONT"));
        return true;
      }
      case "replica-added":
        this.replicas.add();
        return true;
      case "replica-removed": {
        const stage = this.replicas.remove(fault.replica);
        if (stage === undefined) return false;
        this.background(drain(stage));
        return true;
      }
      case "stage-moved": {
        const old = this.replicas.renew({ move: true });
        for (const stage of old) {
          if (fault.old === "frozen" && signal(stage, "SIGSTOP"))
            this.later(oversleptMs, () => void signal(stage, "SIGCONT"));
          else if (fault.old === "killed") this.background(stage.end("SIGKILL"));
          else this.later(1500, () => drain(stage));
        }
        return true;
      }
      case "lanes-regrouped":
        for (const stage of this.replicas.renew({ laneGroups: fault.laneGroups, move: false }))
          this.later(1500, () => drain(stage));
        return true;
      case "broker-killed":
        this.disturb(fault.side, (cluster) => killBroker(cluster, fault.broker, fault.forMs));
        return true;
      case "coordinator-killed": {
        const { pipeline, stage, from } = this.pipeline.config;
        const id = transactionalId(pipeline, stage, from!, 0, 0);
        this.disturb("destination", async (cluster) =>
          killBroker(cluster, await cluster.coordinatorOf(id), fault.forMs),
        );
        return true;
      }
      case "broker-frozen":
        this.disturb(fault.side, async (cluster) => {
          await cluster.signalBroker(fault.broker, "SIGSTOP");
          await sleep(fault.forMs);
          await cluster.signalBroker(fault.broker, "SIGCONT");
        });
        return true;
      case "link-cut":
        this.background(this.cut(fault));
        return true;
      case "link-delayed":
        this.background(this.delay(fault));
        return true;
      case "link-flapping":
        this.background(this.flap(fault));
        return true;
    }
  }

  /** Waits until everything that was to end by itself has, and both clusters are whole. */
  async heal(): Promise<void> {
    await Promise.all([...this.ending, this.whole.source, this.whole.destination]);
    await this.world.links.heal();
  }

  private disturb(side: Side, act: (cluster: LocalKafka) => Promise<void>): void {
    const cluster = this.world[side];
    const done = this.whole[side].then(async () => {
      await act(cluster);
      await cluster.untilHealthy();
    });
    done.catch(() => undefined);
    this.whole[side] = done;
  }

  private async cut({ side, broker, how, forMs }: Extract<Fault, { kind: "link-cut" }>): Promise<void> {
    const links = linksOf(side, broker);
    if (how !== "closed") return this.suffer(links, toxicsOf[how], forMs);
    for (const link of links) await this.world.links.setOpen(link, false);
    await sleep(forMs);
    for (const link of links) await this.world.links.setOpen(link, true);
  }

  private async delay({ side, delayMs, jitterMs, forMs }: Extract<Fault, { kind: "link-delayed" }>): Promise<void> {
    const toxic: Toxic = { type: "latency", attributes: { latency: delayMs, jitter: jitterMs } };
    await this.suffer(linksOf(side, "all"), [["upstream", toxic]], forMs);
  }

  private async flap(fault: Extract<Fault, { kind: "link-flapping" }>): Promise<void> {
    const { side, broker, everyMs, delayMs, forMs } = fault;
    const links = linksOf(side, "all");
    const others = links.filter((link) => link !== linkName(side, broker));
    const slow: Toxic = { type: "latency", attributes: { latency: delayMs, jitter: 0 } };
    const breaking = async () => {
      for (let passed = 0; passed < forMs; passed += everyMs) {
        await sleep(everyMs / 2);
        await this.suffer([linkName(side, broker)], toxicsOf.reset, everyMs / 2);
      }
    };
    await Promise.all([this.suffer(others, [["downstream", slow]], forMs), breaking()]);
  }

  private async suffer(links: readonly string[], toxics: readonly Directed[], forMs: number): Promise<void> {
    const each = links.flatMap((link) => toxics.map(([stream, toxic]) => ({ link, stream, toxic })));
    for (const { link, stream, toxic } of each) await this.world.links.poison(link, stream, toxic);
    await sleep(forMs);
    for (const { link, stream, toxic } of each) await this.world.links.cure(link, stream, toxic.type);
  }

  private later(ms: number, act: () => unknown): void {
    this.background(sleep(ms).then(act));
  }

  private background(work: Promise<unknown>): void {
    const done = work.then(() => undefined);
    // `heal` is where a failure shows; until then it must not end the process.
    done.catch(() => undefined);
    this.ending.push(done);
  }
}

function linksOf(side: Side, broker: number | "all"): string[] {
  const brokers = broker === "all" ? Array.from({ length: brokersPerCluster }, (_, n) => n + 1) : [broker];
  return brokers.map((id) => linkName(side, id));
}

async function killBroker(cluster: LocalKafka, broker: number, forMs: number): Promise<void> {
  await cluster.signalBroker(broker, "SIGKILL");
  await sleep(forMs);
  cluster.startBroker(broker);
}

/** Returns false where the process is not there just now. */
function signal(stage: StageProcess, name: NodeJS.Signals): boolean {
  if (!stage.isAlive) return false;
  stage.signal(name);
  return true;
}
