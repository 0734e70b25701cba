// Kafka on a cluster, and what is in it. For other components and stacks.
export { KafkaCluster, type KafkaClusterArgs } from "./kafkaCluster";
export { KafkaResources, type KafkaResourcesArgs, type OperatorCredential } from "./kafkaResources";
export { replication } from "./renderServerProperties";
