import * as pulumi from "@pulumi/pulumi";
import { clusterOutputNames, type ClusterOutputs, type KafkaCredentials } from "../../core/contract/outputs";
import type { Problem } from "../../core/errors";

/** A cluster as its own stack left it: plain but for the secrets. */
export type ClusterAccess = Omit<ClusterOutputs, "kubeconfig" | "kafkaAdmin"> & {
  kubeconfig: pulumi.Output<string>;
  kafkaAdmin: pulumi.Output<KafkaCredentials>;
};

const secrets: readonly (keyof ClusterOutputs)[] = ["kubeconfig", "kafkaAdmin"];

/**
 * Reads the outputs of a cluster's stack from the backend, where they also are when the cluster is switched off. They are
 * awaited, so that everything can be checked before the first resource is made.
 *
 * @param cluster name in the configuration of the federation
 * @param stack for example `organization/iotef/edge`
 * @returns the cluster, or what is wrong with the reference
 */
export async function readCluster(cluster: string, stack: string): Promise<ClusterAccess | Problem[]> {
  const reference = new pulumi.StackReference(`${cluster}-stack`, { name: stack });
  const entries = await Promise.all(
    clusterOutputNames.map(async (name) => {
      const { value, secretValue } = await reference.getOutputDetails(name);
      const found: unknown = value ?? secretValue;
      return [name, secrets.includes(name) && found !== undefined ? pulumi.secret(found) : found] as const;
    }),
  );
  const missing = entries.filter(([, value]) => value === undefined).map(([name]) => name);
  if (missing.length > 0) {
    const message = `is a stack without the ${missing.length === 1 ? "output" : "outputs"} ${missing.join(", ")}; it must be a cluster that is up: run \`pulumi up\` on it first`;
    return [{ path: `iotef:clusters.${cluster}`, value: stack, message }];
  }
  return Object.fromEntries(entries) as unknown as ClusterAccess;
}
