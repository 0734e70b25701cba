import type { ClusterOutputs } from "../../core/contract/outputs";
import { endProperties, renderProperties } from "./renderProperties";

/** Where and as whom the audit reads one end of a stage. */
export interface AuditEnd {
  bootstrapServers: readonly string[];
  /** Missing only where brokers speak plain text: on this machine, in tests. */
  security?: { ca: string; username: string; password: string };
  topic: string;
}

export interface AuditSettings {
  source: AuditEnd & { clusterId: string };
  destination: AuditEnd;
  checkpointTopic: string;
  deadLetterTopic: string;
  /** Wait until the stage has passed the end of the source as it was found first. */
  settle: boolean;
  /** Only records with this timestamp or a later one, milliseconds since the epoch. @default all */
  since?: number;
  /** How long nothing may come, or a stage stand still, until the audit stops waiting, milliseconds. @default 120,000 */
  stuckMs?: number;
}

/** A topic of a cluster, as the cluster's administrator reads it. */
export function auditEnd({ bootstrapServers, kafkaCa, kafkaAdmin }: ClusterOutputs, topic: string): AuditEnd {
  return { bootstrapServers, topic, security: { ca: kafkaCa, ...kafkaAdmin } };
}

/** The settings of Audit.java as Java properties, for its standard input. */
export function renderSettings(settings: AuditSettings): string {
  const { source, destination, checkpointTopic, deadLetterTopic, settle, since, stuckMs = 120_000 } = settings;
  return renderProperties({
    ...endProperties("source", source),
    "source.clusterId": source.clusterId,
    ...endProperties("destination", destination),
    "checkpoint.topic": checkpointTopic,
    "deadLetter.topic": deadLetterTopic,
    settle: String(settle),
    stuckMs: String(stuckMs),
    ...(since === undefined ? {} : { since: String(since) }),
  });
}
