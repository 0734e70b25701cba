import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import { images } from "../../core/artifacts";
import {
  metricsServerLabels,
  metricsServerNames,
  metricsServerRoles,
  renderMetricsServer,
} from "./renderMetricsServer";

/** Nothing to choose yet. */
export type MetricsServerArgs = Record<string, never>;

/**
 * CPU and memory of nodes and pods, for `kubectl top` and autoscalers.
 *
 * @example
 * new MetricsServer("edge", {}, { providers: [provider] });
 */
export class MetricsServer extends pulumi.ComponentResource {
  constructor(name: string, _args: MetricsServerArgs = {}, options: pulumi.ComponentResourceOptions = {}) {
    super("iotef:metricsServer:MetricsServer", name, {}, options);
    const own = `${name}-metrics-server`;
    const { deletedWith } = options;
    const child = { parent: this, ...(deletedWith === undefined ? {} : { deletedWith }) };
    const { namespace, server } = metricsServerNames;
    const labels = metricsServerLabels;

    const account = new k8s.core.v1.ServiceAccount(own, { metadata: { name: server, namespace, labels } }, child);
    const rights = createRights();
    const service = new k8s.core.v1.Service(
      own,
      {
        metadata: { name: server, namespace, labels },
        spec: {
          selector: labels,
          ports: [{ name: "https", port: 443, protocol: "TCP", targetPort: "https", appProtocol: "https" }],
        },
      },
      child,
    );
    new k8s.apps.v1.Deployment(
      own,
      { metadata: { name: server, namespace, labels }, spec: renderMetricsServer(images.metricsServer) },
      { ...child, dependsOn: [account, ...rights], customTimeouts: { create: "20m", update: "20m" } },
    );
    new k8s.apiregistration.v1.APIService(
      own,
      {
        metadata: { name: "v1beta1.metrics.k8s.io", labels },
        spec: {
          service: { name: service.metadata.name, namespace },
          group: "metrics.k8s.io",
          version: "v1beta1",
          insecureSkipTLSVerify: true,
          groupPriorityMinimum: 100,
          versionPriority: 100,
        },
      },
      child,
    );
    this.registerOutputs({});

    function createRights(): pulumi.Resource[] {
      const aggregate = {
        "rbac.authorization.k8s.io/aggregate-to-view": "true",
        "rbac.authorization.k8s.io/aggregate-to-edit": "true",
        "rbac.authorization.k8s.io/aggregate-to-admin": "true",
      };
      const subjects = [{ kind: "ServiceAccount", name: server, namespace }];
      const clusterRole = (roleName: string) => ({
        apiGroup: "rbac.authorization.k8s.io",
        kind: "ClusterRole",
        name: roleName,
      });
      return [
        new k8s.rbac.v1.ClusterRole(
          `${own}-reader`,
          {
            metadata: { name: "system:aggregated-metrics-reader", labels: { ...labels, ...aggregate } },
            rules: metricsServerRoles.reader,
          },
          child,
        ),
        new k8s.rbac.v1.ClusterRole(
          own,
          { metadata: { name: "system:metrics-server", labels }, rules: metricsServerRoles.server },
          child,
        ),
        new k8s.rbac.v1.ClusterRoleBinding(
          own,
          {
            metadata: { name: "system:metrics-server", labels },
            roleRef: clusterRole("system:metrics-server"),
            subjects,
          },
          child,
        ),
        new k8s.rbac.v1.ClusterRoleBinding(
          `${own}-delegator`,
          {
            metadata: { name: "metrics-server:system:auth-delegator", labels },
            roleRef: clusterRole("system:auth-delegator"),
            subjects,
          },
          child,
        ),
        new k8s.rbac.v1.RoleBinding(
          `${own}-auth-reader`,
          {
            metadata: { name: "metrics-server-auth-reader", namespace, labels },
            roleRef: {
              apiGroup: "rbac.authorization.k8s.io",
              kind: "Role",
              name: "extension-apiserver-authentication-reader",
            },
            subjects,
          },
          child,
        ),
      ];
    }
  }
}
