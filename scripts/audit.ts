import { resolve } from "node:path";
import { Command } from "commander";
import type { ClusterOutputs } from "../core/contract/outputs";
import { ConfigError } from "../core/errors";
import { planPlacement, type StreamPlan } from "../core/placement/planPlacement";
import { selectStages, type StreamStage } from "../core/placement/selectStages";
import { findJava } from "./auditCommand/findJava";
import { readOutputs } from "./auditCommand/readOutputs";
import { auditEnd, type AuditEnd } from "./auditCommand/renderSettings";
import { runAudit, type JavaPlace } from "./auditCommand/runAudit";
import { renderVerdict, sumVerdict, type Verdict } from "./auditCommand/verdict";
import { readStacks } from "./labCommand/readInventory";
import { findPulumi } from "./pulumiCommand/findPulumi";

interface Options {
  stack: string;
  stage?: string;
  from?: string;
  to?: string;
  settle: boolean;
  json: boolean;
}

const project = resolve(__dirname, "..");
const say = (line: string): void => void process.stderr.write(`${line}\n`);

/** `./scripts/audit`: was every record processed exactly once, in order? Exit code 1 when not, 2 when it cannot tell. */
const program = new Command("audit")
  .description("compares the streams around a stage by source coordinates: lost, doubled, out of order")
  .option("--stack <name>", "the federation's stack", "federation")
  .option("--stage <name>", "only this stage; default: every stage that reads a stream")
  .option("--from <stream>", "only stages that read this stream")
  .option("--to <stream>", "only stages that write this stream")
  .option("--settle", "wait until the stage has passed the source's end as it is now", false)
  .option("--json", "print JSON instead of a table", false)
  .action(async ({ stack, settle, json, ...selection }: Options) => {
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
    for (const stage of stages) verdicts.push(await audit(stage, outputs, settle, java));
    process.stdout.write(
      json ? `${JSON.stringify(verdicts, undefined, 2)}\n` : `${verdicts.map(renderVerdict).join("\n\n")}\n`,
    );
    if (verdicts.some(({ ok }) => !ok)) process.exitCode = 1;
  });

async function audit(
  stage: StreamStage,
  outputs: ReadonlyMap<string, ClusterOutputs>,
  settle: boolean,
  java: JavaPlace,
): Promise<Verdict> {
  const { from, to, checkpointTopic, deadLetterTopic } = stage;
  const end = ({ cluster, topic }: StreamPlan): AuditEnd => auditEnd(outputs.get(cluster)!, topic);
  const source = { ...end(from), clusterId: outputs.get(from.cluster)!.kafkaClusterId };
  const lines = await runAudit(
    java,
    { source, destination: end(to), checkpointTopic, deadLetterTopic, settle },
    (line) => say(`${stage.stage}: ${line}`),
  );
  const place = ({ stream, cluster }: StreamPlan): string => `${stream}@${cluster}`;
  return sumVerdict({ stage: stage.stage, from: place(from), to: place(to) }, lines);
}

program.parseAsync().catch((error: unknown) => {
  say(error instanceof ConfigError || error instanceof Error ? error.message : String(error));
  process.exitCode = 2;
});
