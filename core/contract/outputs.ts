/** Outputs of a cluster stack. An API: the federation stack and people read them, a test pins their names. */
export interface ClusterOutputs {
  name: string;
  /** Secret. Stable text: its server is the virtual address, else the first entry host. */
  kubeconfig: string;
  /** When certificates end, ISO 8601: the cluster's authority, and the administrator's one inside `kubeconfig`. */
  certificates: { authority: string; kubeconfig: string };
  /** `https://address:port` of every host that serves the API to the outside, the virtual address first. */
  apiEndpoints: string[];
  /** `address:port` of every broker's client listener (SASL_SSL, SCRAM-SHA-512). */
  bootstrapServers: string[];
  /** PEM of the authority that signed the brokers' certificates. */
  kafkaCa: string;
  kafkaClusterId: string;
  /** Largest record batch that its brokers take, bytes: streams and stages go by it. */
  kafkaMaxMessageBytes: number;
  /** Secret. */
  kafkaAdmin: KafkaCredentials;
  kubernetesVersion: string;
  hosts: Record<string, { address: string; role: "control-plane" | "worker"; labels: Record<string, string> }>;
}

/** A SCRAM-SHA-512 user. */
export interface KafkaCredentials {
  username: string;
  password: string;
}

export const clusterOutputNames = [
  "name",
  "kubeconfig",
  "certificates",
  "apiEndpoints",
  "bootstrapServers",
  "kafkaCa",
  "kafkaClusterId",
  "kafkaMaxMessageBytes",
  "kafkaAdmin",
  "kubernetesVersion",
  "hosts",
] as const satisfies readonly (keyof ClusterOutputs)[];
