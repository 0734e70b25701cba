import type { ClusterOutputs } from "../../core/contract/outputs";

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
}

/** A topic of a cluster, as the cluster's administrator reads it. */
export function auditEnd({ bootstrapServers, kafkaCa, kafkaAdmin }: ClusterOutputs, topic: string): AuditEnd {
  return { bootstrapServers, topic, security: { ca: kafkaCa, ...kafkaAdmin } };
}

/** The settings of Audit.java as Java properties, for its standard input. */
export function renderSettings({
  source,
  destination,
  checkpointTopic,
  deadLetterTopic,
  settle,
}: AuditSettings): string {
  const values = {
    ...renderEnd("source", source),
    "source.clusterId": source.clusterId,
    ...renderEnd("destination", destination),
    "checkpoint.topic": checkpointTopic,
    "deadLetter.topic": deadLetterTopic,
    settle: String(settle),
  };
  return Object.entries(values)
    .map(([key, value]) => `${key}=${escape(value)}\n`)
    .join("");
}

function renderEnd(name: string, { bootstrapServers, security, topic }: AuditEnd): Record<string, string> {
  return {
    [`${name}.bootstrap`]: bootstrapServers.join(","),
    [`${name}.topic`]: topic,
    ...(security === undefined
      ? {}
      : {
          [`${name}.ca`]: security.ca,
          [`${name}.username`]: security.username,
          [`${name}.password`]: security.password,
        }),
  };
}

function escape(value: string): string {
  return value.replaceAll("\\", "\\\\").replaceAll("\r", "").replaceAll("\n", "\\n").replace(/^ /, "\\ ");
}
