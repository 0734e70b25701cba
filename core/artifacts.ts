/**
 * Every release file and image that hosts and clusters take, by upstream name. With `iotef:mirror` the same paths are
 * asked of `<mirror>/<upstream host>/<path>`; images come through the registry mirror of containerd.
 */
export const versions = {
  kubernetes: "1.36.3",
  containerd: "2.3.7",
  runc: "1.4.3",
  cniPlugins: "1.9.1",
  flannel: "0.28.10",
  flannelCniPlugin: "1.9.1-flannel3",
  kafka: "4.3.1",
  metricsServer: "0.9.0",
  /** What kubeadm 1.36.3 asks for by itself; named here because containerd must pin the same sandbox image. */
  pause: "3.10.2",
  etcd: "3.6.8-0",
  coredns: "1.14.2",
} as const;

/** Processor architectures as Kubernetes names them. */
export const architectures = ["amd64", "arm64"] as const;
export type Architecture = (typeof architectures)[number];

/** A release file: where upstream publishes it and the file that holds its SHA-256. */
export interface ReleaseFile {
  name: string;
  url: string;
  /** A file of `<hash>` or of lines `<hash>  <file name>`. */
  checksumUrl: string;
}

const github = "https://github.com";

/** The files a host of one architecture needs before it can join a cluster. */
export function hostReleaseFiles(architecture: Architecture, kubernetesVersion: string): ReleaseFile[] {
  const containerd = `containerd-${versions.containerd}-linux-${architecture}.tar.gz`;
  const containerdBase = `${github}/containerd/containerd/releases/download/v${versions.containerd}`;
  const runcBase = `${github}/opencontainers/runc/releases/download/v${versions.runc}`;
  const cni = `cni-plugins-linux-${architecture}-v${versions.cniPlugins}.tgz`;
  const cniBase = `${github}/containernetworking/plugins/releases/download/v${versions.cniPlugins}`;
  const kubernetesBase = `https://dl.k8s.io/release/v${kubernetesVersion}/bin/linux/${architecture}`;
  return [
    {
      name: "containerd",
      url: `${containerdBase}/${containerd}`,
      checksumUrl: `${containerdBase}/${containerd}.sha256sum`,
    },
    { name: "runc", url: `${runcBase}/runc.${architecture}`, checksumUrl: `${runcBase}/runc.sha256sum` },
    { name: "cni-plugins", url: `${cniBase}/${cni}`, checksumUrl: `${cniBase}/${cni}.sha256` },
    ...["kubeadm", "kubelet", "kubectl"].map((name) => ({
      name,
      url: `${kubernetesBase}/${name}`,
      checksumUrl: `${kubernetesBase}/${name}.sha256`,
    })),
  ];
}

/** etcd's tools, of the version that kubeadm runs: its image has no shell, and a restore must work while no pod runs. */
export function etcdRelease(architecture: Architecture): ReleaseFile {
  const version = versions.etcd.replace(/-\d+$/, "");
  const base = `${github}/etcd-io/etcd/releases/download/v${version}`;
  return {
    name: "etcd",
    url: `${base}/etcd-v${version}-linux-${architecture}.tar.gz`,
    checksumUrl: `${base}/SHA256SUMS`,
  };
}

/** Images by upstream reference. */
export const images = {
  pause: `registry.k8s.io/pause:${versions.pause}`,
  flannel: `ghcr.io/flannel-io/flannel:v${versions.flannel}`,
  flannelCniPlugin: `ghcr.io/flannel-io/flannel-cni-plugin:v${versions.flannelCniPlugin}`,
  kafka: `docker.io/apache/kafka:${versions.kafka}`,
  metricsServer: `registry.k8s.io/metrics-server/metrics-server:v${versions.metricsServer}`,
} as const;

/** The registries whose names containerd must find behind the mirror. */
export const imageRegistries = ["registry.k8s.io", "ghcr.io", "docker.io"] as const;
