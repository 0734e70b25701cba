import { createHash } from "node:crypto";
import { renderBrokerFiles, type BrokerFilesInput } from "./renderBrokerFiles";

/**
 * Changes with everything that a broker reads when it starts, but for who the other brokers are: a host that comes or goes
 * restarts nobody. Their addresses are only asked for the quorum's leader at a start, and the default number of replicas only
 * counts for topics that nobody described.
 */
export function restartReason(
  { settings, paths }: Pick<BrokerFilesInput, "settings" | "paths">,
  certificateGeneration: number,
): string {
  const lone = { id: 0, name: "any", address: "0.0.0.0" };
  const files = renderBrokerFiles({ brokers: [lone], settings, paths, clusterId: "any", founders: [] });
  const read = Object.entries({ ...files, "isReady.sh": "", certificates: String(certificateGeneration) });
  return createHash("sha256").update(JSON.stringify(read)).digest("hex").slice(0, 16);
}
