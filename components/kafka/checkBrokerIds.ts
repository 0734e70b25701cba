import type { Problem } from "../../core/errors";
import type { Broker } from "./planBrokers";

/**
 * A broker's id is on its disk and in every replica list: it stays with its host for ever. A host that is added in the middle
 * of the order of names, or taken out of it, would shift the ids of those behind it; then they must be written down.
 *
 * @param recorded the id that each host's broker got first; undefined where none is known
 */
export function checkBrokerIds(
  brokers: readonly Broker[],
  recorded: Readonly<Record<string, string | undefined>>,
): Problem[] {
  const free = idsAfter(brokers, recorded);
  const right = brokers.map(({ name }) => [name, recorded[name] ?? String(free.shift())] as const);
  const lines = right.map(([name, id]) => `${name} ${id}`).join(", ");
  return brokers
    .filter(({ name, id }) => recorded[name] !== undefined && recorded[name] !== String(id))
    .map(({ name, id }) => ({
      path: `iotef:hosts.${name}.broker`,
      message: `must stay ${recorded[name]}, as on its disk; the hosts that came or went make it ${id}. Write the ids down (${lines}); only the broker with the highest id can go, a host in the middle is replaced under its own name`,
    }));
}

/** Ids for hosts that have none yet: the smallest that nobody had. */
function idsAfter(brokers: readonly Broker[], recorded: Readonly<Record<string, string | undefined>>): number[] {
  const taken = new Set(Object.values(recorded));
  return Array.from({ length: 2 * brokers.length }, (_, id) => id).filter((id) => !taken.has(String(id)));
}
