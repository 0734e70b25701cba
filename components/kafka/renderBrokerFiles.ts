import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { Broker } from "./planBrokers";
import { ports, renderServerProperties, type ServerPropertiesInput } from "./renderServerProperties";

export interface BrokerFilesInput extends Omit<ServerPropertiesInput, "id"> {
  /** Kafka's text form of 16 bytes. */
  clusterId: string;
  founders: readonly Founder[];
}

/** A voter that the cluster began with. */
export interface Founder extends Broker {
  /** The machine that its host was then. Any other one in its place joins with an empty disk. */
  machine: string;
  /** Identity of its disk in the controller quorum. */
  directoryId: string;
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
    ["founders", input.founders.map(({ id, machine }) => `${id} ${machine}\n`).join("")],
    ["initial-controllers", renderInitialControllers(input)],
    ["isReady.sh", readAsset("isReady.sh")],
    ["log4j2.properties", readAsset("log4j2.properties")],
    ["runBroker.sh", readAsset("runBroker.sh")],
  ]) as Record<string, string>;
}

/** The voters that a founder's disk is formatted with: `<id>@<address>:<port>:<directory id>`. */
function renderInitialControllers({ founders, portsOf }: BrokerFilesInput): string {
  const voter = (founder: Founder) =>
    `${founder.id}@${founder.address}:${portsOf?.(founder).controller ?? ports.controller}:${founder.directoryId}`;
  return founders.map(voter).join(",");
}

/** A file beside this one. */
export function readAsset(name: string): string {
  return readFileSync(join(__dirname, name), "utf8");
}
