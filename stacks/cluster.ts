import * as k8s from "@pulumi/kubernetes";
import { Flannel } from "../components/flannel";
import { KafkaCluster, type KafkaClusterArgs } from "../components/kafka";
import { KubeadmCluster } from "../components/kubeadm";
import { MetricsServer } from "../components/metricsServer";
import type { ClusterConfig } from "../core/config";
import type { ClusterOutputs } from "../core/contract/outputs";
import { kubeClientSettings } from "../core/kubeClientSettings";
import { readHostAccess } from "./readHostAccess";
import type * as pulumi from "@pulumi/pulumi";

type Outputs = { [Key in keyof ClusterOutputs]: pulumi.Input<ClusterOutputs[Key]> };

/** A rack of hosts becomes a highly available Kubernetes cluster with a replicated Kafka on it. */
export function clusterStack(config: ClusterConfig): Outputs {
  const { name } = config;
  const hosts = readHostAccess(config);

  const kubeadm = new KubeadmCluster(name, {
    hosts,
    kubernetes: config.kubernetes,
    endpoint: config.endpoint,
    backup: config.backup,
    kafkaDataPath: config.kafka.dataPath,
    ...(config.mirror === undefined ? {} : { mirror: config.mirror }),
  });
  const provider = new k8s.Provider(
    name,
    {
      kubeconfig: kubeadm.kubeconfig,
      clusterIdentifier: name,
      kubeClientSettings,
      // In place, where an object is not marked as immutable: what changes about one broker restarts no other.
      enableConfigMapMutable: true,
      enableSecretMutable: true,
    },
    { dependsOn: kubeadm },
  );
  // Nothing in the cluster outlives it: at a destroy the hosts are reset, object by object would take minutes and need an API.
  const inCluster = { providers: [provider], deletedWith: kubeadm.anchor };

  const flannel = new Flannel(name, { podSubnet: config.kubernetes.podSubnet }, inCluster);
  new MetricsServer(name, {}, { ...inCluster, dependsOn: flannel });
  const kafka = new KafkaCluster(
    name,
    {
      clusterName: name,
      ...brokersOf(config),
      machines: kubeadm.machines,
      settings: config.kafka,
      images: config.images,
    },
    { ...inCluster, dependsOn: flannel },
  );

  return {
    name,
    kubeconfig: kubeadm.kubeconfig,
    certificates: kubeadm.certificates,
    apiEndpoints: kubeadm.apiEndpoints,
    bootstrapServers: kafka.bootstrapServers,
    kafkaCa: kafka.ca,
    kafkaClusterId: kafka.clusterId,
    kafkaMaxMessageBytes: config.kafka.maxMessageMiB * 1024 * 1024,
    kafkaAdmin: kafka.admin,
    kubernetesVersion: config.kubernetes.version,
    hosts: Object.fromEntries(hosts.map(({ name: host, address, role, labels }) => [host, { address, role, labels }])),
  };
}

/** The hosts that get a broker, and the ids that configuration gives them. */
function brokersOf({ hosts }: ClusterConfig): Pick<KafkaClusterArgs, "hosts" | "brokerIds"> {
  const withBroker = Object.entries(hosts).filter(([, { broker }]) => broker !== "none");
  return {
    hosts: withBroker.map(([name, { address, generation }]) => ({ name, address, generation })),
    brokerIds: Object.fromEntries(
      withBroker.flatMap(([name, { broker }]) => (typeof broker === "number" ? [[name, broker]] : [])),
    ),
  };
}
