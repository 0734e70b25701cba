import { mostVoters } from "../../core/quorum";

/** A host that gets a broker. */
export interface BrokerHost {
  name: string;
  /** IPv4 address under which devices, the other brokers and the other clusters reach it. */
  address: string;
}

/** A broker: its id is also its ordinal in the StatefulSet, so that pod `kafka-<id>` is this broker for ever. */
export interface Broker extends BrokerHost {
  id: number;
}

/** Is the broker a controller too? */
export function isVoter({ id }: Pick<Broker, "id">): boolean {
  return id < mostVoters;
}

/**
 * Gives every host a broker id. Ids are kept by host name, never by position: a host keeps the id that `known` gives it,
 * whatever is added or removed beside it; a new host takes the smallest free id. With nothing known, ids follow the sorted
 * names. Who had an id before is not looked at here: checkBrokerIds refuses one that is still another host's.
 *
 * @throws Error when two hosts have one id, or when ids leave a gap that a StatefulSet cannot have
 */
export function planBrokers(hosts: readonly BrokerHost[], known: Readonly<Record<string, number>> = {}): Broker[] {
  const sorted = [...hosts].sort((a, b) => (a.name < b.name ? -1 : 1));
  const taken = new Set(sorted.flatMap(({ name }) => known[name] ?? []));
  const free = Array.from({ length: sorted.length }, (_, id) => id).filter((id) => !taken.has(id));
  const brokers = sorted.map((host) => ({ ...host, id: known[host.name] ?? free.shift() ?? -1 }));
  checkIds(brokers);
  return brokers.sort((a, b) => a.id - b.id);
}

function checkIds(brokers: readonly Broker[]): void {
  const holders = new Map<number, string>();
  for (const { name, id } of brokers) {
    const holder = holders.get(id);
    if (holder !== undefined) {
      throw new Error(`broker ids: ${id} belongs to both ${holder} and ${name}; give each host an id of its own`);
    }
    if (id < 0 || id >= brokers.length) {
      throw new Error(
        `broker ids: ${name} has ${id}; with ${brokers.length} hosts ids must be 0 to ${brokers.length - 1} without a gap`,
      );
    }
    holders.set(id, name);
  }
}
