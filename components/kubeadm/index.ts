// A kubeadm cluster over SSH. For other components and stacks.
export { KubeadmCluster, type ClusterHost, type KubeadmClusterArgs } from "./kubeadmCluster";
