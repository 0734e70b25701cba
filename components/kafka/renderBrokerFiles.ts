import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Broker } from "./planBrokers";
import { ports, renderServerProperties, type ServerPropertiesInput } from "./renderServerProperties";

export interface BrokerFilesInput extends Omit<ServerPropertiesInput, "id"> {
  /** Kafka's text form of 16 bytes. */
  clusterId: string;
  /** Identity of each broker's disk in the controller quorum, by broker id. */
  directoryIds: readonly string[];
}

/** The files that all brokers share: each takes what its own id names. Sorted keys, so that text never changes by chance. */
export function renderBrokerFiles(input: BrokerFilesInput): Record<string, string> {
  const own = input.brokers.map((broker) => [
    `${broker.id}.properties`,
    renderServerProperties({ ...input, id: broker.id }),
  ]);
  return Object.fromEntries([
    ...own,
    ["cluster-id", input.clusterId],
    ["initial-controllers", renderInitialControllers(input)],
    ["isReady.sh", readAsset("isReady.sh")],
    ["log4j2.properties", readAsset("log4j2.properties")],
    ["runBroker.sh", readAsset("runBroker.sh")],
  ]) as Record<string, string>;
}

/** The voters that an empty disk is formatted with: `<id>@<address>:<port>:<directory id>`, all brokers. */
function renderInitialControllers({ brokers, directoryIds, portsOf }: BrokerFilesInput): string {
  const voter = (broker: Broker) =>
    `${broker.id}@${broker.address}:${portsOf?.(broker).controller ?? ports.controller}:${directoryIds[broker.id]}`;
  return brokers.map(voter).join(",");
}

/** A file beside this one. */
export function readAsset(name: string): string {
  return readFileSync(join(__dirname, name), "utf8");
}
