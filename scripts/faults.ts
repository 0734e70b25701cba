import { writeFileSync } from "node:fs";
import { Command, InvalidArgumentError, Option } from "commander";
import { runProgram } from "../lab/commands/runProgram";
import { stopOnSignal } from "../lab/commands/stopOnSignal";
import { runColdStart } from "./faultsCommand/runColdStart";
import { runFailover } from "./faultsCommand/runFailover";
import { runSoak } from "./faultsCommand/runSoak";
import { runTable5 } from "./faultsCommand/runTable5";

const positive = (text: string): number => {
  const number = Number(text);
  if (!(number > 0)) throw new InvalidArgumentError("use a number above 0");
  return number;
};
const whole = (text: string): number => {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 0 || number >= 2 ** 31)
    throw new InvalidArgumentError("use a whole number from 0 to 2147483647");
  return number;
};
const seed = (what: string): Option =>
  new Option("--seed <n>", what)
    .argParser(whole)
    .default(1 + Math.floor(Math.random() * 1_000_000_000), "another one each time");
const keep = (file: string | undefined) => (results: unknown) => {
  if (file !== undefined) writeFileSync(file, `${JSON.stringify(results, undefined, 2)}\n`);
};

/** Runs until its end or a signal; exit code 1 when it says that something was not as it should be. */
async function run(faults: (signal: AbortSignal) => Promise<boolean>): Promise<void> {
  const signal = stopOnSignal();
  try {
    if (!(await faults(signal))) process.exitCode = 1;
  } catch (error) {
    if (!signal.aborted) throw error;
    process.stderr.write("stopped; what was broken is healed\n");
  } finally {
    if (signal.aborted) process.exitCode = 130;
  }
}

/** `./scripts/faults`: what the running lab does when hosts and links fail. Exit code 1 when it is not what it should do. */
const program = new Command("faults").description("breaks hosts and links of the running lab, heals them, and audits");
program
  .command("table5", { isDefault: true })
  .description("the seven cases of the reference's Table 5 (hosts that drop all input)")
  .option("--cluster <name...>", "only these clusters; default: all")
  .option("--case <n...>", "only these cases; default: all")
  .option("--hold <seconds>", "how long a fault stays once it has been noticed", positive, 60)
  .option(
    "--soak <minutes>",
    "instead: random faults for so long, healed in between, and one audit at the end",
    positive,
  )
  .addOption(seed("of the random faults"))
  .option("--json <file>", "write what was seen there too, after each case")
  .action(async ({ cluster = [], case: cases = [], hold, soak, seed, json }) => {
    await run((signal) =>
      soak === undefined
        ? runTable5({ clusters: cluster, cases, hold, keep: keep(json), signal })
        : runSoak({ minutes: soak, seed, keep: keep(json), signal }),
    );
  });
program
  .command("failover")
  .description(
    "sudden deaths of hosts that run a stage: how long its lanes are without an owner, and the output silent",
  )
  .option("--stage <name>", "a stage that reads a stream", "compress")
  .option("--kills <n>", "how many hosts lose their power, one after the other", whole, 20)
  .option("--hiccups <n>", "before that, hosts that stand still for a moment: no lane may move", whole, 3)
  .option("--hiccup-ms <ms>", "how long a moment is", whole, 1000)
  .addOption(seed("chooses the hosts"))
  .option("--json <file>", "write what was seen there too, after each kill")
  .action(async ({ json, ...options }) => {
    await run((signal) => runFailover({ ...options, keep: keep(json), signal }));
  });
program
  .command("cold-start")
  .description("all hosts lose their power and come back in random order; nobody does anything else")
  .option("--edge-offline", "instead: the edge site is switched off and on while its link to the cloud is cut", false)
  .addOption(seed("chooses the order"))
  .option("--json <file>", "write what was seen there too")
  .action(async ({ json, ...options }) => {
    await run((signal) => runColdStart({ ...options, keep: keep(json), signal }));
  });

void runProgram(program, process.argv);
