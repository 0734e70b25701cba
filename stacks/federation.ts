import * as pulumi from "@pulumi/pulumi";
import { FederatedCluster, kafkaOf, readCluster, type ClusterAccess } from "../components/federation";
import { createPlacementGeneration, Stage, stageName } from "../components/stage";
import type { FederationConfig } from "../core/config";
import { ConfigError } from "../core/errors";
import { checkPlacement } from "../core/placement/checkPlacement";
import { planPlacement, type FederationPlan } from "../core/placement/planPlacement";

/** Streams, stages and their places over any number of clusters that stand already. */
export async function federationStack(config: FederationConfig): Promise<Record<string, unknown>> {
  const plan = planPlacement(config);
  const access = await readClusters(config);
  refuse(checkPlacement(plan, access));

  const clusters = mapValues(access, (cluster, name) => {
    const own = plan.clusters.find((each) => each.cluster === name)!;
    return new FederatedCluster(name, { config, plan: own, access: cluster });
  });
  const kafka = mapValues(access, kafkaOf);
  for (const stage of plan.stages) {
    const { provider, namespace } = clusters[stage.cluster]!;
    const ends = stage.logsInTo.map((name) => [name, clusters[name]!] as const);
    new Stage(
      stageName(stage),
      {
        pipeline: config.pipeline,
        plan: stage,
        namespace,
        kafka,
        passwords: Object.fromEntries(ends.map(([name, { passwords }]) => [name, passwords[stage.user]!])),
        generation: createPlacementGeneration(`${stage.stage}-generation`, stage, {}),
      },
      { provider, dependsOn: ends.map(([, cluster]) => cluster.kafka) },
    );
  }
  return outputsOf(config, plan, access);
}

/** @throws pulumi.RunError with every reference that is no cluster */
async function readClusters({ clusters }: FederationConfig): Promise<Record<string, ClusterAccess>> {
  const names = Object.keys(clusters).sort();
  const read = await Promise.all(names.map(async (name) => [name, await readCluster(name, clusters[name]!)] as const));
  refuse(read.flatMap(([, found]) => (Array.isArray(found) ? found : [])));
  return Object.fromEntries(read) as Record<string, ClusterAccess>;
}

function outputsOf(
  config: FederationConfig,
  { stages }: FederationPlan,
  access: Readonly<Record<string, ClusterAccess>>,
) {
  return {
    placement: Object.fromEntries(stages.map(({ stage, cluster }) => [stage, cluster])),
    streams: mapValues(config.streams, ({ cluster, partitions }) => {
      return { cluster, partitions, bootstrapServers: access[cluster]!.bootstrapServers };
    }),
    stages: Object.fromEntries(
      stages.map(({ stage, cluster, replicas, image }) => [stage, { cluster, replicas, image }]),
    ),
  };
}

/** @throws pulumi.RunError with all problems, if there are any: Pulumi shows it without a stack trace */
function refuse(problems: ConstructorParameters<typeof ConfigError>[0]): void {
  if (problems.length > 0) throw new pulumi.RunError(new ConfigError(problems).message);
}

function mapValues<T, U>(record: Readonly<Record<string, T>>, map: (value: T, key: string) => U): Record<string, U> {
  const keys = Object.keys(record).sort();
  return Object.fromEntries(keys.map((key) => [key, map(record[key]!, key)]));
}
