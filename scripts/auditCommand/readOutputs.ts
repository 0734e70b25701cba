import type { ClusterOutputs } from "../../core/contract/outputs";
import type { Pulumi } from "../pulumiCommand/findPulumi";

/**
 * The outputs of a cluster's stack, secrets included: they stay in this process.
 *
 * @param reference as the federation's configuration names the stack: `organization/iotef/edge`
 */
export async function readOutputs(pulumi: Pulumi, reference: string): Promise<ClusterOutputs> {
  const stack = reference.slice(reference.lastIndexOf("/") + 1);
  const { exitCode, stdout, stderr } = await pulumi(stack, ["stack", "output", "--json", "--show-secrets"]);
  if (exitCode !== 0) throw new Error(`stack ${stack}: its outputs cannot be read: ${stderr.trim()}`);
  const outputs = JSON.parse(stdout) as Partial<ClusterOutputs>;
  if (outputs.kafkaAdmin === undefined)
    throw new Error(`stack ${stack} has no output kafkaAdmin: it is not up; run \`pulumi up\` on it first`);
  return outputs as ClusterOutputs;
}
