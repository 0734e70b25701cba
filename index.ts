import { clusterStack } from "./stacks/cluster";
import { federationStack } from "./stacks/federation";
import { readConfig } from "./stacks/readConfig";

/** One program, any number of stacks: clusters are racks of hosts, the federation places stages on them. */
export = async () => {
  const config = readConfig();
  return config.role === "cluster" ? clusterStack(config) : federationStack(config);
};
