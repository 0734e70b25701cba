import { versions as product } from "../../core/artifacts";

/**
 * What the recipes get as variables. Versions of what hosts and clusters run are the product's; the rest is what the lab
 * needs to build and drive them.
 */
export const versions: Readonly<Record<string, string>> = {
  KUBERNETES: product.kubernetes,
  CONTAINERD: product.containerd,
  RUNC: product.runc,
  CNI_PLUGINS: product.cniPlugins,
  FLANNEL: product.flannel,
  FLANNEL_CNI_PLUGIN: product.flannelCniPlugin,
  ETCD: product.etcd.replace(/-\d+$/, ""),
  ETCD_IMAGE: product.etcd,
  COREDNS: product.coredns,
  PAUSE: product.pause,
  METRICS_SERVER: product.metricsServer,
  KAFKA: product.kafka,
  PULUMI: "3.274.1",
  /** The version of the npm package @pulumi/kubernetes that the program uses. */
  PULUMI_KUBERNETES: "4.25.0",
  /** The one revision that is served as a module; of the time of 4.25. */
  PULUMI_KUBERNETES_REVISION: "v4.0.0-20260115033456-f47bc2d6f199",
  TOXIPROXY: "2.5.0",
  DEBIAN: "bookworm",
  NODE: "22.23.3",
  NPM: "10.9.9",
};

/** The oldest Go that all modules accept; containerd 2.3.7 asks for the newest. */
export const goVersion = "1.26.8";
