import type { ClusterOutputs } from "../contract/outputs";
import type { Problem } from "../errors";
import type { FederationPlan, StagePlan } from "./planPlacement";

type Hosts = Readonly<Record<string, Pick<ClusterOutputs, "hosts">>>;

/**
 * Checks the hosts that placements name against those that the clusters really have.
 *
 * @param clusters the clusters' outputs by name
 * @returns every problem, with its config path
 */
export function checkPlacement({ stages }: FederationPlan, clusters: Hosts): Problem[] {
  return stages.flatMap((stage) => checkHosts(stage, clusters[stage.cluster]!.hosts));
}

function checkHosts({ stage, cluster, hosts }: StagePlan, present: ClusterOutputs["hosts"]): Problem[] {
  if (hosts === undefined) return [];
  const path = `iotef:placement.${stage}.hosts`;
  if ("names" in hosts) {
    const known = Object.keys(present).sort().join(" or ");
    return hosts.names
      .filter((name) => !Object.hasOwn(present, name))
      .map((name) => ({ path, value: name, message: `is not a host of ${cluster}; use ${known}` }));
  }
  const wanted = Object.entries(hosts.labels);
  if (Object.values(present).some(({ labels }) => wanted.every(([key, value]) => labels[key] === value))) return [];
  const message = `matches no host of ${cluster}; give one of them these labels in its own stack (iotef:hosts.<name>.labels) and run \`pulumi up\` there first`;
  return [{ path: `${path}.labels`, value: hosts.labels, message }];
}
