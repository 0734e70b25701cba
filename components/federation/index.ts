// Clusters as members of a federation. For stacks.
export { FederatedCluster, kafkaOf, type FederatedClusterArgs } from "./federatedCluster";
export { readCluster, type ClusterAccess } from "./readCluster";
