import type { FederationConfig, StageSpec } from "../config/schema";
import { checkpointTopic, deadLetterTopic, stageUser, topicOfStream } from "../naming";
import { imageOfStage } from "./imageOfStage";
import { clusterOfPlacement, hostsOfPlacement, type HostChoice } from "./placement";
import { planRights } from "./planRights";
import { planStageTopics, planStreamTopic, type TopicPlan } from "./planTopics";
import type { UserState } from "../contract/kafkaState";

/** What a federation comes to: where each stage runs and what each cluster's Kafka holds for it. */
export interface FederationPlan {
  /** Every cluster of the federation, also one without topics; sorted by name. */
  clusters: ClusterPlan[];
  /** Sorted by name. */
  stages: StagePlan[];
}

export interface ClusterPlan {
  cluster: string;
  topics: TopicPlan[];
  /** Users and all that they may do here. */
  users: UserState[];
}

export interface StagePlan {
  stage: string;
  /** The one cluster that it runs on. */
  cluster: string;
  /** @default any host of the cluster */
  hosts?: HostChoice;
  process: string;
  image: string;
  replicas: number;
  laneGroups: number;
  memoryMiB: number;
  acceptLoss: boolean;
  timing: StageSpec["timing"];
  options: Record<string, unknown>;
  from?: StreamPlan;
  to: StreamPlan;
  /** At the destination, like the next. */
  checkpointTopic: string;
  deadLetterTopic: string;
  user: string;
  /** Clusters that the user logs in to: those of its streams, wherever it runs. Sorted. */
  logsInTo: string[];
}

/** A stream as the configuration says, before its cluster says how to reach it. */
export interface StreamPlan {
  stream: string;
  cluster: string;
  topic: string;
  partitions: number;
}

/**
 * Places every stage and gives each cluster the topics and users of the streams on it. Looks at nothing but the
 * configuration, in which the order of keys means nothing. A placement decides where a stage runs and nothing else: topics, users and
 * rights follow the streams, so a move leaves every Kafka as it is.
 *
 * @param config as parseConfig returns it: names refer to what exists
 */
export function planPlacement(config: FederationConfig): FederationPlan {
  const stages = sortedKeys(config.stages).map((stage) => planStage(config, stage));
  const clusters = sortedKeys(config.clusters).map((cluster) => planCluster(config, cluster, stages));
  return { clusters, stages };
}

function planStage(config: FederationConfig, stage: string): StagePlan {
  const spec = config.stages[stage]!;
  const placement = config.placement[stage]!;
  const hosts = hostsOfPlacement(placement);
  const to = planStream(config, spec.to);
  const from = spec.from === undefined ? undefined : planStream(config, spec.from);
  return {
    stage,
    cluster: clusterOfPlacement(placement),
    ...(hosts === undefined ? {} : { hosts }),
    ...processOf(config, spec),
    ...(from === undefined ? {} : { from }),
    to,
    checkpointTopic: checkpointTopic(config.pipeline, stage),
    deadLetterTopic: deadLetterTopic(config.pipeline, stage),
    user: stageUser(config.pipeline, stage),
    logsInTo: [...new Set([to.cluster, ...(from === undefined ? [] : [from.cluster])])].sort(),
  };
}

function processOf(config: FederationConfig, spec: StageSpec) {
  const { process, replicas, laneGroups, memoryMiB, options, acceptLoss, timing } = spec;
  return {
    process,
    image: imageOfStage(config.images, spec),
    replicas,
    laneGroups,
    memoryMiB,
    options,
    acceptLoss,
    timing,
  };
}

function planStream({ streams }: FederationConfig, stream: string): StreamPlan {
  const { cluster, partitions } = streams[stream]!;
  return { stream, cluster, topic: topicOfStream(stream), partitions };
}

function planCluster(config: FederationConfig, cluster: string, stages: readonly StagePlan[]): ClusterPlan {
  const streams = sortedKeys(config.streams).filter((stream) => config.streams[stream]!.cluster === cluster);
  const topics = [
    ...streams.map((stream) => planStreamTopic(stream, config.streams[stream]!)),
    ...stages.filter(({ to }) => to.cluster === cluster).flatMap(planStageTopics),
  ];
  const users = stages
    .filter(({ logsInTo }) => logsInTo.includes(cluster))
    .map((stage) => ({ name: stage.user, rights: planRights(config.pipeline, stage, cluster) }));
  return { cluster, topics, users };
}

function sortedKeys(record: Readonly<Record<string, unknown>>): string[] {
  return Object.keys(record).sort();
}
