import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import type { FederationConfig } from "../../core/config";
import { kubeClientSettings } from "../../core/kubeClientSettings";
import { imageOfStage } from "../../core/placement/imageOfStage";
import type { ClusterPlan } from "../../core/placement/planPlacement";
import { KafkaResources } from "../kafka";
import { stageNamespace, type StageKafka } from "../stage";
import type { ClusterAccess } from "./readCluster";
import { renderKafkaState } from "./renderKafkaState";

export interface FederatedClusterArgs {
  config: Pick<FederationConfig, "pipeline" | "images" | "deleteDataOfRemovedStreams">;
  plan: ClusterPlan;
  access: ClusterAccess;
}

/**
 * One cluster's part in a federation: how to reach its Kubernetes, a namespace for stages, and the topics, users and rights
 * in its Kafka. All of it is there whether a stage runs on the cluster or not, so a move changes none of it.
 *
 * @example
 * const edge = new FederatedCluster("edge", { config, plan, access: await readCluster("edge", "organization/iotef/edge") });
 */
export class FederatedCluster extends pulumi.ComponentResource {
  readonly provider: k8s.Provider;
  readonly namespace: pulumi.Output<string>;
  /** By name of user. Secret. */
  readonly passwords: Readonly<Record<string, pulumi.Output<string>>>;
  /** The topics and users are there when this is. */
  readonly kafka: KafkaResources;

  constructor(
    name: string,
    { config, plan, access }: FederatedClusterArgs,
    options: pulumi.ComponentResourceOptions = {},
  ) {
    super("iotef:federation:FederatedCluster", name, {}, options);
    const parent = { parent: this };
    this.provider = createProvider();
    const onCluster = { ...parent, provider: this.provider };
    const namespace = createNamespace();
    this.namespace = namespace.metadata.name;
    this.passwords = Object.fromEntries(plan.users.map(({ name: user }) => [user, createPassword(user)]));
    this.kafka = createKafkaResources(this.namespace, this.passwords);
    this.registerOutputs({});

    /**
     * The identifier, not the kubeconfig, says which cluster this is. Without it an address or certificate that changes
     * would plan a replacement of every object (facts/pulumi.md P1). A cluster that was made again has another Kafka, and so
     * another identifier: then everything on it is made again too.
     */
    function createProvider(): k8s.Provider {
      return new k8s.Provider(
        `${name}-kubernetes`,
        {
          kubeconfig: access.kubeconfig,
          clusterIdentifier: `${plan.cluster}@${access.kafkaClusterId}`,
          kubeClientSettings,
        },
        parent,
      );
    }

    function createNamespace(): k8s.core.v1.Namespace {
      const labels = { "app.kubernetes.io/part-of": config.pipeline, "pod-security.kubernetes.io/warn": "restricted" };
      return new k8s.core.v1.Namespace(`${name}-namespace`, { metadata: { name: stageNamespace, labels } }, onCluster);
    }

    function createPassword(user: string): pulumi.Output<string> {
      return new random.RandomPassword(`${name}-password-${user}`, { length: 32, special: false }, parent).result;
    }

    function createKafkaResources(
      inNamespace: pulumi.Output<string>,
      passwords: Readonly<Record<string, pulumi.Output<string>>>,
    ): KafkaResources {
      const admin = access.kafkaAdmin;
      return new KafkaResources(
        `${name}-kafka`,
        {
          namespace: inNamespace,
          image: imageOfStage(config.images, { process: "reconcile" }),
          owner: config.pipeline,
          bootstrapServers: access.bootstrapServers,
          ca: access.kafkaCa,
          // The name stands in a ConfigMap beside what is wanted: as a secret it would hide all of that from a preview.
          operator: { kind: "password", username: pulumi.unsecret(admin.username), password: admin.password },
          state: renderKafkaState(plan, access, config.deleteDataOfRemovedStreams),
          passwords,
        },
        onCluster,
      );
    }
  }
}

/** What stages need to know of a cluster's Kafka. */
export function kafkaOf(access: ClusterAccess): StageKafka {
  const { bootstrapServers, kafkaClusterId, kafkaCa, kafkaMaxMessageBytes } = access;
  return { bootstrapServers, kafkaClusterId, kafkaCa, kafkaMaxMessageBytes };
}
