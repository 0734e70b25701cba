import { Command, Option } from "commander";
import { wholeNumber } from "../support/wholeNumber";
import { breaks, buildBroken, type BreakName } from "./broken";
import { planRound } from "./plan";
import { renderRound, renderTotals } from "./report";
import { runRound, type RoundResult } from "./round";
import { startWorld, stopWorld } from "./world";

const program = new Command("chaos")
  .description(
    "a stage between two clusters of local brokers, in rounds of random faults, each audited by Kafka's own client",
  )
  .option("--rounds <n>", "how many rounds", wholeNumber, 10)
  .option("--seed <n>", "the first round's seed; the next ones follow. By default another one each time", wholeNumber)
  .addOption(
    new Option(
      "--break <name>",
      "run a stage that is broken on purpose, until the audit finds it; fails when it does not",
    ).choices(Object.keys(breaks)),
  )
  .action(main);

async function main(options: { rounds: number; seed?: number; break?: BreakName }): Promise<void> {
  const firstSeed = options.seed ?? 1 + Math.floor(Math.random() * 1_000_000_000);
  const stage = options.break === undefined ? undefined : await buildBroken(options.break);
  console.log(`${options.rounds} rounds from seed ${firstSeed}; two clusters of three brokers start`);
  const world = await startWorld();
  const results: RoundResult[] = [];
  // Ctrl-C: the round under way is given up, the figures of the others are shown, and nothing stays behind.
  process.once("SIGINT", () => {
    console.log(`\n${renderTotals(results)}\nstopped`);
    void stopWorld(world).finally(() => process.exit(130));
  });
  for (let n = 0; n < options.rounds; n++) {
    const result = await runRound(world, planRound(firstSeed + n), stage);
    results.push(result);
    console.log(renderRound(n + 1, result));
    if (options.break !== undefined && isFound(result)) break;
  }
  await stopWorld(world);
  console.log(renderTotals(results));
  process.exitCode = options.break === undefined ? judge(results) : judgeBreak(options.break, results);
}

function judge(results: readonly RoundResult[]): number {
  return results.every(({ problems }) => problems.length === 0) ? 0 : 1;
}

/** The audit itself must have seen it: a stage that merely hangs is no proof. */
function isFound({ verdict, problems }: RoundResult): boolean {
  return verdict !== undefined && problems.length > 0;
}

function judgeBreak(name: BreakName, results: readonly RoundResult[]): number {
  const found = results.some(isFound);
  console.log(found ? `found: ${name}` : `not found in ${results.length} rounds: ${name}`);
  return found ? 0 : 1;
}

void program.parseAsync().catch((error: unknown) => {
  console.error((error as Error).message);
  process.exit(1);
});
