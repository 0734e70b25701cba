import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { parseConfig, type ClusterConfig, type Config, type FederationConfig } from "../../core/config";
import type { Inventory, Site } from "../../lab/inventory";

/** The stacks of the project, as their files say. */
export interface Stacks {
  clusters: Record<string, ClusterConfig>;
  federations: Record<string, FederationConfig>;
}

/** Reads every Pulumi.<stack>.yaml of the project folder. @throws ConfigError with the file's problems */
export function readStacks(project: string): Stacks {
  const stacks: Stacks = { clusters: {}, federations: {} };
  for (const file of readdirSync(project).sort()) {
    const stack = /^Pulumi\.(.+)\.yaml$/.exec(file)?.[1];
    if (stack === undefined) continue;
    const config = readStack(join(project, file));
    if (config.role === "cluster") stacks.clusters[stack] = config;
    else stacks.federations[stack] = config;
  }
  return stacks;
}

function readStack(file: string): Config {
  const { config } = parse(readFileSync(file, "utf8")) as { config: Record<string, unknown> };
  return parseConfig(
    Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^iotef:/, ""), value])),
  );
}

/** The range that holds every site of the lab; the machine, router and mirror take addresses from its start. */
const range = "10.90.0.0/16";

/** What the lab must boot for these clusters: one site each, hosts at the addresses that the stack files say. */
export function inventoryOf(clusters: Stacks["clusters"], project: string): Inventory {
  const folder = join(project, ".lab");
  return {
    session: "iotef",
    folder,
    range,
    sites: Object.values(clusters).map(siteOf),
    ssh: { privateKeyFile: join(folder, "ssh", "id_ed25519"), knownHostsFile: join(folder, "ssh", "known_hosts") },
  };
}

function siteOf({ name, hosts, endpoint }: ClusterConfig): Site {
  const entries = Object.entries(hosts).map(([host, { address }]) => ({ name: host, address }));
  const network = entries[0]!.address.replace(/\.\d+$/, "");
  return {
    name,
    gateway: `${network}.1/24`,
    ...(endpoint.virtualIp === undefined ? {} : { virtualIp: endpoint.virtualIp }),
    hosts: entries,
  };
}
