import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images } from "../../core/artifacts";
import { flannelNames, flannelRules, renderFlannelConfig, renderFlannelDaemonSet } from "./renderFlannel";

export interface FlannelArgs {
  /** Addresses of pods, as kubeadm was told. */
  podSubnet: string;
}

/**
 * The pods' network: Flannel with vxlan, as plain objects (a YAML bundle cannot be previewed before the cluster is there).
 *
 * @example
 * new Flannel("edge", { podSubnet: "10.244.0.0/16" }, { providers: [provider] });
 */
export class Flannel extends pulumi.ComponentResource {
  constructor(name: string, { podSubnet }: FlannelArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("iotef:flannel:Flannel", name, {}, options);
    const own = `${name}-flannel`;
    const { deletedWith } = options;
    const child = { parent: this, ...(deletedWith === undefined ? {} : { deletedWith }) };
    const labels = { "k8s-app": "flannel" };

    const namespace = new k8s.core.v1.Namespace(
      own,
      {
        metadata: {
          name: flannelNames.namespace,
          labels: { ...labels, "pod-security.kubernetes.io/enforce": "privileged" },
        },
      },
      child,
    ).metadata.name;
    const account = new k8s.core.v1.ServiceAccount(
      own,
      { metadata: { name: flannelNames.account, namespace, labels } },
      child,
    );
    const role = new k8s.rbac.v1.ClusterRole(
      own,
      { metadata: { name: flannelNames.account, labels }, rules: flannelRules },
      child,
    );
    const binding = new k8s.rbac.v1.ClusterRoleBinding(
      own,
      {
        metadata: { name: flannelNames.account, labels },
        roleRef: { apiGroup: "rbac.authorization.k8s.io", kind: "ClusterRole", name: role.metadata.name },
        subjects: [{ kind: "ServiceAccount", name: account.metadata.name, namespace }],
      },
      child,
    );
    const configMap = new k8s.core.v1.ConfigMap(
      own,
      { metadata: { namespace, labels }, immutable: true, data: renderFlannelConfig(podSubnet) },
      child,
    );
    new k8s.apps.v1.DaemonSet(
      own,
      {
        metadata: { name: flannelNames.daemonSet, namespace, labels },
        spec: renderFlannelDaemonSet<pulumi.Output<string>>({
          image: images.flannel,
          cniPluginImage: images.flannelCniPlugin,
          configMap: configMap.metadata.name,
        }),
      },
      { ...child, dependsOn: binding, customTimeouts: { create: "20m", update: "20m" } },
    );
    this.registerOutputs({});
  }
}
