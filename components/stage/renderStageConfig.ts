import type { ClusterOutputs } from "../../core/contract/outputs";
import { stagePaths, type StageConfig, type StreamEndpoint } from "../../core/contract/stageConfig";
import type { StagePlan, StreamPlan } from "../../core/placement/planPlacement";

/** How to reach the Kafka of a cluster, and what it takes. */
export type KafkaAddress = Pick<ClusterOutputs, "bootstrapServers" | "kafkaClusterId" | "kafkaMaxMessageBytes">;

/** The ends of a stage, as its folders of secrets are named. */
export type StageEnd = "from" | "to";

/** The ends that a stage has, each with its stream: a device stage has no source. */
export function endsOf({ from, to }: Pick<StagePlan, "from" | "to">): [StageEnd, StreamPlan][] {
  return from === undefined
    ? [["to", to]]
    : [
        ["from", from],
        ["to", to],
      ];
}

export interface StageConfigInput {
  pipeline: string;
  plan: StagePlan;
  /** By name of cluster; holds at least those of the stage's streams. */
  kafka: Readonly<Record<string, KafkaAddress>>;
  generation: number;
}

/** What the stage's container is told: the file that `stagePaths.config` names. No secret is in it, nor what changes with hosts. */
export function renderStageConfig({ pipeline, plan, kafka, generation }: StageConfigInput): StageConfig {
  const end = (name: StageEnd, { cluster, topic, partitions }: StreamPlan): StreamEndpoint => {
    const file = (part: string) => `${stagePaths.secrets}/${name}/${part}`;
    return {
      cluster,
      clusterId: kafka[cluster]!.kafkaClusterId,
      topic,
      partitions,
      bootstrapServers: { file: `${stagePaths.brokers}/${name}` },
      security: { caFile: file("ca.crt"), usernameFile: file("username"), passwordFile: file("password") },
      maxMessageBytes: kafka[cluster]!.kafkaMaxMessageBytes,
    };
  };
  return {
    pipeline,
    stage: plan.stage,
    process: plan.process,
    place: plan.cluster,
    generation,
    laneGroups: plan.laneGroups,
    ...(plan.from === undefined ? {} : { from: end("from", plan.from) }),
    to: end("to", plan.to),
    checkpointTopic: plan.checkpointTopic,
    deadLetterTopic: plan.deadLetterTopic,
    options: plan.options,
    acceptLoss: plan.acceptLoss,
    timing: plan.timing,
  };
}
