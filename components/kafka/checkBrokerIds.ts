import type { Problem } from "../../core/errors";
import type { Broker } from "./planBrokers";

/** What a stack remembers of its brokers; what this run writes down for the first time is among it. */
export interface BrokerRecords {
  /** Broker id by host, as planned when the host got its disk; undefined where none is known. */
  ids: Readonly<Record<string, string | undefined>>;
  /** Host by broker id; undefined where none is known. Where it and the above differ, this one is right. */
  hosts: Readonly<Record<number, string | undefined>>;
}

/**
 * A broker's id is on its disk and in every replica list: it stays with its host for ever, and its host with it until it was
 * drained. A host that is added in the middle of the order of names, or taken out of it, would shift the ids of those behind
 * it; then they must be written down. A host that comes in for another one would get its id, as if that broker were still there.
 */
export function checkBrokerIds(brokers: readonly Broker[], { ids, hosts }: BrokerRecords): Problem[] {
  const known = knownIds({ ids, hosts });
  const right = rightIds(brokers, known);
  const lines = [...right].map(([name, id]) => `${name} ${id}`).join(", ");
  const moved = brokers.filter(({ name, id }) => known[name] !== undefined && known[name] !== String(id));
  // One that has just come has the planned id on its disk. It moves because it shifts others: they are to be told.
  const old = moved.filter(({ name, id }) => ids[name] !== String(id));
  const shifted = (old.length > 0 ? old : moved).map(({ name, id }) => ({
    path: pathOf(name),
    message: `must stay ${right.get(name)}, as on its disk; the hosts that came or went make it ${id}. Write the ids down (${lines}); only the broker with the highest id can go, a host in the middle is replaced under its own name`,
  }));
  const taken = [...right].flatMap(([name, id]) => {
    const holder = hosts[id];
    // One that is still in the file is shifted, and told so.
    if (holder === undefined || right.has(holder)) return [];
    return {
      path: pathOf(name),
      message: `would get broker id ${id}, which is ${holder}'s: that broker would go without being drained. Take ${holder} out and run \`pulumi up\` first, which drains it (only the highest id can go), then add ${name}; or put the new machine in as ${holder}, at its address, with a raised generation`,
    };
  });
  return [...shifted, ...taken];
}

/**
 * Whom the record of a broker id is to name that has none yet; undefined for nobody. Not whom the plan gives it: a plan that is
 * refused must leave nothing behind that contradicts the right one.
 *
 * @param records hosts of all smaller ids: an id has no record only where it is greater than all that have one
 */
export function hostToRecord(id: number, brokers: readonly Broker[], records: BrokerRecords): string | undefined {
  const right = rightIds(brokers, knownIds(records));
  return brokers.find(({ name }) => right.get(name) === id)?.name;
}

function knownIds({ ids, hosts }: BrokerRecords): BrokerRecords["ids"] {
  const first = Object.entries(ids).filter(([, id]) => hosts[Number(id)] === undefined);
  const held = Object.entries(hosts).flatMap(([id, host]) => (host === undefined ? [] : [[host, id]]));
  return Object.fromEntries([...first, ...held]) as BrokerRecords["ids"];
}

/**
 * The id of each host, by name: those that had one keep it, of the others each gets the planned one, or the smallest that is free
 * where that belongs to another. A disk is given its planned id before that can be checked: where two claim one id, the one
 * that is planned for it has just come.
 */
function rightIds(brokers: readonly Broker[], ids: BrokerRecords["ids"]): Map<string, number> {
  const claims = (id: number) => brokers.filter(({ name }) => ids[name] === String(id));
  const isNew = ({ name, id }: Broker) =>
    ids[name] === undefined || (ids[name] === String(id) && claims(id).length > 1);
  const right = new Map(brokers.filter((broker) => !isNew(broker)).map(({ name }) => [name, Number(ids[name])]));
  const free = (id: number) => ![...right.values()].includes(id);
  const come = brokers.filter(isNew);
  for (const { name, id } of come) if (free(id)) right.set(name, id);
  for (const { name } of come) if (!right.has(name)) right.set(name, smallest(free));
  return new Map(brokers.map(({ name }) => [name, right.get(name)!]));
}

function smallest(free: (id: number) => boolean): number {
  let id = 0;
  while (!free(id)) id += 1;
  return id;
}

const pathOf = (name: string) => `iotef:hosts.${name}.broker`;
