/** The stage runtime and its peers on the same brokers; started by `./scripts/bench stage`, which brings what it needs. */
import { writeFileSync } from "node:fs";
import os from "node:os";
import { Command, Option } from "commander";
import { elapsedLog } from "../../lab/elapsedLog";
import { buildStage } from "../support/stageProcess";
import { wholeNumber } from "../support/wholeNumber";
import { contenders } from "./contenders";
import type { Contender } from "./contender";
import type { Outcome } from "./figures";
import { judgeGoals } from "./goals";
import { measure } from "./measure";
import { choose, durationsOf, loadsOf, type Choice } from "./plan";
import { renderReport } from "./renderReport";
import { kinds, measureTakeovers, renderTakeovers } from "./takeover";
import { distances, Testbed, type Distance } from "./testbed";

interface Options {
  quick: boolean;
  only: string[];
  json?: string;
}

/** A contender that does not find its brokers any more may take for ever to end politely. */
const graceMs = 15_000;
const log = elapsedLog();
const stop = new AbortController();
let testbed: Testbed | undefined;

const program = new Command("bench").description("measurements beside peers, on this machine; nothing is asserted");
program
  .command("stage")
  .description(
    "records per second, added latency and CPU time of the stage runtime, a plain kafkajs copy, MirrorMaker 2 and Kafka Streams",
  )
  .option("--quick", "shorter runs, for a first impression", false)
  .option(
    "--only <name...>",
    "contenders (ours, plain, mirrormaker, streams), loads (images, readings), distances (near, far)",
    [],
  )
  .option("--json <file>", "also write all figures to a file")
  .action(async ({ quick, only, json }: Options) => {
    const choice = choose({ contenders, loads: loadsOf(quick), distances }, only);
    buildStage();
    const outcomes = await measureAll(choice, quick);
    const goals = judgeGoals(outcomes);
    const sections = choice.distances.flatMap((distance) =>
      choice.loads.map((load) => ({
        load: load.name,
        distance: distance.name,
        title: `${load.name} (${load.bytes} bytes, backlog ${load.backlog}, then ${load.rate}/s), ${distance.title}`,
      })),
    );
    process.stdout.write(`${renderReport(sections, outcomes, goals)}\n`);
    if (json !== undefined) {
      const record = { date: new Date().toISOString(), machine: machine(), quick, outcomes, goals };
      writeFileSync(json, `${JSON.stringify(record, undefined, 2)}\n`);
    }
    if (outcomes.some(({ error }) => error !== undefined)) process.exitCode = 1;
  });

program
  .command("takeover")
  .description("how long lanes are silent when their owner changes: a move, a copy that is killed, hosts that are lost")
  .option("--rounds <n>", "times each", wholeNumber, 5)
  .addOption(new Option("--only <name...>", "some of them").choices(kinds.map(({ name }) => name)))
  .option("--json <file>", "also write all figures to a file")
  .action(async ({ rounds, only, json }: { rounds: number; only?: string[]; json?: string }) => {
    const wanted = kinds.filter(({ name }) => only?.includes(name) ?? true);
    buildStage();
    const figures = await measureTakeovers(wanted, rounds, log, stop.signal);
    process.stdout.write(`${renderTakeovers(figures)}\n`);
    if (json !== undefined) writeFileSync(json, `${JSON.stringify({ machine: machine(), figures }, undefined, 2)}\n`);
    if (figures.some(({ wrong }) => wrong > 0)) process.exitCode = 1;
  });

/** One after the other, each on fresh topics of the same brokers. */
async function measureAll({ contenders: wanted, loads, distances: ways }: Choice, quick: boolean): Promise<Outcome[]> {
  const outcomes: Outcome[] = [];
  log("starting two clusters of three brokers");
  const started = (testbed = await Testbed.start());
  try {
    await warmUp(started, wanted.slice(0, 2), ways[0]!);
    for (const distance of ways) {
      for (const load of loads) {
        for (const contender of wanted) {
          stop.signal.throwIfAborted();
          log(`== ${contender.name}, ${load.name}, ${distance.name}`);
          const durations = durationsOf(quick);
          const id = `${outcomes.length + 1}`;
          outcomes.push(
            await measure({ testbed: started, contender, load, distance, durations, id, log, signal: stop.signal }),
          );
        }
      }
    }
    return outcomes;
  } finally {
    await started.stop();
  }
}

/** Brokers that have just started are slow at everything they do for the first time; the first contender shall not pay for it. */
async function warmUp(running: Testbed, wanted: readonly Contender[], distance: Distance): Promise<void> {
  const [load] = loadsOf(true);
  for (const contender of wanted) {
    stop.signal.throwIfAborted();
    log(`warming the brokers up by ${contender.name}`);
    const durations = { warmUp: 0, steady: 3 };
    const id = `warm-up-${contender.name}`;
    const quiet = (): void => undefined;
    await measure({
      testbed: running,
      contender,
      load: load!,
      distance,
      durations,
      id,
      log: quiet,
      signal: stop.signal,
    });
  }
}

function machine(): Record<string, string | number> {
  const [cpu] = os.cpus();
  return {
    cpu: cpu?.model ?? "unknown",
    cores: os.availableParallelism(),
    memoryGiB: Math.round(os.totalmem() / 2 ** 30),
    node: process.version,
    load: os.loadavg()[0]!.toFixed(2),
  };
}

for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) {
  process.on(name, () => {
    if (stop.signal.aborted) process.exit(130);
    stop.abort();
    setTimeout(() => void (testbed?.stop() ?? Promise.resolve()).finally(() => process.exit(130)), graceMs);
  });
}
program
  .parseAsync()
  .catch((error: unknown) => {
    if (stop.signal.aborted) process.exitCode = 130;
    else {
      process.stderr.write(`${error instanceof Error ? (error.stack ?? error.message) : String(error)}\n`);
      process.exitCode = 1;
    }
  })
  // A client that still tries to reach a broker that has ended must not keep this process.
  .finally(() => process.exit());
