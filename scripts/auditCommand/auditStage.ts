import type { ClusterOutputs } from "../../core/contract/outputs";
import type { StreamPlan } from "../../core/placement/planPlacement";
import type { StreamStage } from "../../core/placement/selectStages";
import { auditEnd, type AuditEnd, type AuditSettings } from "./renderSettings";
import { runAudit, type JavaPlace } from "./runAudit";
import { sumVerdict, type Verdict } from "./verdict";

/** Audits one stage by what its clusters' Kafka holds. @param outputs by cluster; those of both streams at least */
export async function auditStage(
  { stage, from, to, checkpointTopic, deadLetterTopic }: StreamStage,
  outputs: ReadonlyMap<string, ClusterOutputs>,
  options: Pick<AuditSettings, "settle" | "since">,
  java: JavaPlace,
  say: (line: string) => void,
): Promise<Verdict> {
  const end = ({ cluster, topic }: StreamPlan): AuditEnd => auditEnd(outputs.get(cluster)!, topic);
  const source = { ...end(from), clusterId: outputs.get(from.cluster)!.kafkaClusterId };
  const settings = { source, destination: end(to), checkpointTopic, deadLetterTopic, ...options };
  const lines = await runAudit(java, settings, (line) => say(`${stage}: ${line}`));
  const place = ({ stream, cluster }: StreamPlan): string => `${stream}@${cluster}`;
  return sumVerdict({ stage, from: place(from), to: place(to) }, lines, options.settle);
}
