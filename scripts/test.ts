import { existsSync } from "node:fs";
import { join } from "node:path";
import { Argument, Command } from "commander";
import { supply } from "../lab/artifacts";
import { elapsedLog } from "../lab/elapsedLog";
import { runProgram } from "../lab/commands/runProgram";
import { Steps } from "./labCommand/steps";
import { runLanes, staticChecks } from "./testCommand/checks";
import { brokerEnvironment } from "./testCommand/brokerEnvironment";
import { renderSummary, type Result } from "./testCommand/results";
import { runChild } from "./testCommand/runChild";
import { runMocha } from "./testCommand/runMocha";
import { stopOnSignal } from "../lab/commands/stopOnSignal";
import { profilesFor, sideBySide, suites, type Suite } from "./testCommand/suites";

/** What a lab that is up leaves here. */
const lab = join(__dirname, "../.lab");
const log = elapsedLog();
const signal = stopOnSignal();

/** `./scripts/test [suite...]`: everything, or the named parts. Exit code 1 when anything failed, 130 when stopped. */
const program = new Command("test")
  .description(
    "tests: check (lint, types, format), unit, components, preview (real engine), rack (hosts), etcd (backup and restore), kafka (local brokers), e2e (the main job; a lab that is up is taken down first); by name only, on a lab that is up: restore, table5, cold-start, day2",
  )
  .addArgument(new Argument("[suites...]", "default: all").choices(["check", ...suites.map(({ name }) => name)]))
  .action(async (named: string[]) => {
    const wanted = (name: string): boolean => named.length === 0 || named.includes(name);
    const chosen = suites.filter(({ name, onlyNamed = false }) => (onlyNamed ? named.includes(name) : wanted(name)));
    const steps = new Steps(log);
    const results: Result[] = [];

    if (chosen.some(({ withoutLab }) => withoutLab) && existsSync(lab))
      await steps.run("lab down", () =>
        runChild(["--import", "tsx", join(__dirname, "lab.ts"), "down"], { minutes: 10, signal }),
      );
    if (wanted("check")) results.push(...(await steps.run("check", () => runLanes(staticChecks(signal, log), signal))));
    await runSuites(
      chosen.filter(({ profile }) => profile === undefined),
      {},
      steps,
      results,
    );
    const heavy = chosen.filter(({ profile }) => profile !== undefined);
    if (heavy.length > 0 && !signal.aborted) {
      const env = await bringArtifacts(heavy, steps, results);
      if (env !== undefined) await runSuites(heavy, env, steps, results);
    }

    process.stdout.write(`\nwhere the time went:\n${steps.summary()}\n\n${renderSummary(results)}\n`);
    process.exitCode = signal.aborted ? 130 : results.some(({ failed }) => failed > 0) ? 1 : 0;
  });

async function runSuites(
  chosen: readonly Suite[],
  env: NodeJS.ProcessEnv,
  steps: Steps,
  results: Result[],
): Promise<void> {
  for (const lanes of sideBySide(chosen)) {
    const label = ({ name }: Suite): string | undefined => (lanes.length > 1 ? name : undefined);
    const run = (suite: Suite) => steps.run(suite.name, () => runMocha(suite, env, signal, label(suite)));
    results.push(
      ...(await runLanes(
        lanes.map((lane) => lane.map((suite) => () => run(suite))),
        signal,
      )),
    );
  }
}

/** What the suites find of artifacts by environment; undefined, and a failure noted, when they cannot be had. */
async function bringArtifacts(
  chosen: readonly Suite[],
  steps: Steps,
  results: Result[],
): Promise<NodeJS.ProcessEnv | undefined> {
  try {
    const supplied = await steps.run("artifacts", () => supply(profilesFor(chosen), log, signal));
    return {
      ...brokerEnvironment(supplied),
      ...(supplied.etcd === undefined ? {} : { IOTEF_ETCD: supplied.etcd }),
      ...(supplied.pulumi === undefined ? {} : { IOTEF_PULUMI: supplied.pulumi }),
    };
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    log(reason);
    for (const { name } of chosen) {
      results.push({ name, passed: 0, failed: 1, skipped: 0, failures: [`could not start: ${reason.split("\n")[0]}`] });
    }
    return undefined;
  }
}

void runProgram(program, process.argv);
