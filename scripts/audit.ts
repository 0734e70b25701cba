import { resolve } from "node:path";
import { Command, InvalidArgumentError } from "commander";
import type { ClusterOutputs } from "../core/contract/outputs";
import { ConfigError } from "../core/errors";
import { planPlacement } from "../core/placement/planPlacement";
import { selectStages } from "../core/placement/selectStages";
import { auditStage } from "./auditCommand/auditStage";
import { findJava } from "./auditCommand/findJava";
import { readOutputs } from "./auditCommand/readOutputs";
import { renderVerdict, type Verdict } from "./auditCommand/verdict";
import { readStacks } from "./labCommand/readInventory";
import { findPulumi } from "./pulumiCommand/findPulumi";

interface Options {
  stack: string;
  stage?: string;
  from?: string;
  to?: string;
  settle: boolean;
  since?: number;
  json: boolean;
}

const project = resolve(__dirname, "..");
const say = (line: string): void => void process.stderr.write(`${line}\n`);

function time(text: string): number {
  const milliseconds = Date.parse(text);
  if (Number.isNaN(milliseconds)) throw new InvalidArgumentError("write a time as 2026-01-31T12:00:00Z");
  return milliseconds;
}

/** `./scripts/audit`: was every record processed exactly once, in order? Exit code 1 when not, 2 when it cannot tell: a stage stands still, say. */
const program = new Command("audit")
  .description("compares the streams around a stage by source coordinates: lost, doubled, out of order")
  .option("--stack <name>", "the federation's stack", "federation")
  .option("--stage <name>", "only this stage; default: every stage that reads a stream")
  .option("--from <stream>", "only stages that read this stream")
  .option("--to <stream>", "only stages that write this stream")
  .option("--settle", "wait until the stage has passed the source's end as it is now", false)
  .option("--since <time>", "only records of this time or later, as 2026-01-31T12:00:00Z", time)
  .option("--json", "print JSON instead of a table", false)
  .action(async ({ stack, settle, since, json, ...selection }: Options) => {
    const config = readStacks(project).federations[stack];
    if (config === undefined)
      throw new Error(`Pulumi.${stack}.yaml is not a federation's; name its stack with --stack`);
    const stages = selectStages(planPlacement(config), selection);
    const pulumi = findPulumi(project);
    const needed = [...new Set(stages.flatMap(({ logsInTo }) => logsInTo))];
    const outputs = new Map<string, ClusterOutputs>();
    for (const cluster of needed) outputs.set(cluster, await readOutputs(pulumi, config.clusters[cluster]!));
    const java = await findJava(say);
    const verdicts: Verdict[] = [];
    for (const stage of stages) verdicts.push(await auditStage(stage, outputs, { settle, since }, java, say));
    process.stdout.write(
      json ? `${JSON.stringify(verdicts, undefined, 2)}\n` : `${verdicts.map(renderVerdict).join("\n\n")}\n`,
    );
    if (verdicts.some(({ stuck }) => stuck)) process.exitCode = 2;
    if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
  });

program.parseAsync().catch((error: unknown) => {
  say(error instanceof ConfigError || error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
