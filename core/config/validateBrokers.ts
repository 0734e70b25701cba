import type { Problem } from "../errors";
import type { ClusterConfig } from "./schema";

/**
 * Broker ids are ordinals of a StatefulSet: each belongs to one host, and they leave no gap. So the broker with the highest id
 * is the one that can go; any other host is replaced under its own name.
 */
export function validateBrokers({ hosts }: ClusterConfig): Problem[] {
  const withBroker = Object.entries(hosts).filter(([, { broker }]) => broker !== "none");
  if (withBroker.length === 0) {
    return [{ path: "iotef:hosts", message: "every host has broker: none; leave it out on 3 or 5 hosts" }];
  }
  const holders = new Map<number, string>();
  return withBroker.flatMap(([name, { broker }]) => {
    if (typeof broker !== "number") return [];
    const path = `iotef:hosts.${name}.broker`;
    const holder = holders.get(broker);
    if (holder !== undefined) {
      return [{ path, value: broker, message: `is the broker of ${holder} too; give each host an id of its own` }];
    }
    holders.set(broker, name);
    if (broker < withBroker.length) return [];
    return [
      {
        path,
        value: broker,
        message: `leaves a gap: ${withBroker.length} hosts have brokers, so ids are 0 to ${withBroker.length - 1}; only the broker with the highest id can go, keep the host of the missing one or replace it under its own name (generation)`,
      },
    ];
  });
}
