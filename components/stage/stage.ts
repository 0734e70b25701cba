import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { stageHttpPort } from "../../core/contract/stageConfig";
import type { StagePlan } from "../../core/placement/planPlacement";
import { endsOf, renderStageConfig, type KafkaAddress, type StageEnd } from "./renderStageConfig";
import { brokersName, configKey, renderStagePod, stageSelector } from "./renderStagePod";

/** What a stage needs of a cluster that holds one of its streams. */
export interface StageKafka extends KafkaAddress {
  kafkaCa: string;
}

export interface StageArgs {
  pipeline: string;
  plan: StagePlan;
  /** Namespace on the cluster that the stage runs on. */
  namespace: pulumi.Input<string>;
  /** By name of cluster; holds at least those that `plan.logsInTo` names. */
  kafka: Readonly<Record<string, StageKafka>>;
  /** Password of the stage's user by name of cluster. Secret. */
  passwords: Readonly<Record<string, pulumi.Input<string>>>;
  /** Grows with each change of the stage's placement; see placementGeneration.ts. */
  generation: pulumi.Input<number>;
}

/**
 * The copies of a stage at its place. Give it a name that contains the place (`stageName`): then a move makes a new Stage,
 * Pulumi waits until its copies are ready, and only after that deletes the one at the old place.
 *
 * @example
 * new Stage(stageName(plan), { pipeline, plan, namespace, kafka, passwords, generation }, { provider: cloud });
 */
export class Stage extends pulumi.ComponentResource {
  readonly deployment: k8s.apps.v1.Deployment;

  constructor(name: string, args: StageArgs, options: pulumi.ComponentResourceOptions = {}) {
    const { pipeline, plan, namespace, kafka } = args;
    super("iotef:stage:Stage", name, { stage: plan.stage, cluster: plan.cluster }, options);
    const parent = { parent: this };
    const selector = stageSelector(pipeline, plan.stage);

    const ends = endsOf(plan);
    const config = createConfig();
    const brokers = createBrokers();
    const credentials = createCredentials();
    this.deployment = createDeployment();
    if (plan.replicas > 1) createDisruptionBudget();
    this.registerOutputs({});

    /** No name of its own, so each change makes another ConfigMap: pods roll, and those that run keep what they started with. */
    function createConfig(): k8s.core.v1.ConfigMap {
      const text = pulumi
        .output(args.generation)
        .apply((generation) => JSON.stringify(renderStageConfig({ pipeline, plan, kafka, generation }), undefined, 2));
      return new k8s.core.v1.ConfigMap(
        `${name}-config`,
        { metadata: { namespace, labels: selector }, data: { [configKey]: text } },
        parent,
      );
    }

    /** Under a name that stays, so copies go on when brokers come or go, and find the new list where they are. */
    function createBrokers(): k8s.core.v1.ConfigMap {
      const lists = ends.map(([end, { cluster }]) => [end, [...kafka[cluster]!.bootstrapServers].sort().join("\n")]);
      return new k8s.core.v1.ConfigMap(
        `${name}-brokers`,
        {
          metadata: { name: brokersName(plan), namespace, labels: selector },
          data: Object.fromEntries(lists) as Record<StageEnd, string>,
        },
        parent,
      );
    }

    function createCredentials(): k8s.core.v1.Secret {
      const stringData = ends.map(([end, { cluster }]) => ({
        [`${end}.ca.crt`]: kafka[cluster]!.kafkaCa,
        [`${end}.username`]: plan.user,
        [`${end}.password`]: pulumi.secret(args.passwords[cluster]!),
      }));
      return new k8s.core.v1.Secret(
        `${name}-credentials`,
        {
          metadata: { namespace, labels: selector },
          stringData: Object.assign({}, ...stringData) as Record<string, pulumi.Input<string>>,
        },
        parent,
      );
    }

    function createDeployment(): k8s.apps.v1.Deployment {
      const pod = renderStagePod(plan, selector, {
        configName: config.metadata.name,
        secretName: credentials.metadata.name,
      });
      const scrape = {
        "prometheus.io/scrape": "true",
        "prometheus.io/port": String(stageHttpPort),
        "prometheus.io/path": "/metrics",
      };
      return new k8s.apps.v1.Deployment(
        `${name}-copies`,
        {
          metadata: { name: plan.stage, namespace, labels: selector, annotations: describeStreams(plan) },
          spec: {
            replicas: plan.replicas,
            revisionHistoryLimit: 2,
            selector: { matchLabels: selector },
            // The new copies take the lanes over before the old ones leave.
            strategy: { type: "RollingUpdate", rollingUpdate: { maxUnavailable: 0, maxSurge: 1 } },
            template: { metadata: { labels: selector, annotations: scrape }, spec: pod },
          },
        },
        { ...parent, dependsOn: brokers },
      );
    }

    function createDisruptionBudget(): void {
      new k8s.policy.v1.PodDisruptionBudget(
        `${name}-budget`,
        {
          metadata: { name: plan.stage, namespace, labels: selector },
          spec: { maxUnavailable: 1, selector: { matchLabels: selector } },
        },
        parent,
      );
    }
  }
}

/** The Pulumi name of a stage at its place: `compress.cloud`. Kubernetes names are made of it, which a dot may stand in. */
export function stageName({ stage, cluster }: Pick<StagePlan, "stage" | "cluster">): string {
  return `${stage}.${cluster}`;
}

/** For people, and for the preview, which tells by them what a moving stage goes on reading and writing. */
function describeStreams({ from, to, checkpointTopic }: StagePlan): Record<string, string> {
  return {
    ...(from === undefined ? {} : { "iotef/from": `${from.stream}@${from.cluster}` }),
    "iotef/to": `${to.stream}@${to.cluster}`,
    "iotef/checkpoint": `${checkpointTopic}@${to.cluster}`,
  };
}
