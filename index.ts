import * as pulumi from "@pulumi/pulumi";
import { clusterStack } from "./stacks/cluster";
import { federationStack } from "./stacks/federation";
import { ownFields } from "./stacks/ownFields";
import { readConfig } from "./stacks/readConfig";

/** One program, any number of stacks: clusters are racks of hosts, the federation places stages on them. */
export = async () => {
  pulumi.runtime.registerStackTransformation(ownFields);
  const config = readConfig();
  return config.role === "cluster" ? clusterStack(config) : federationStack(config);
};
