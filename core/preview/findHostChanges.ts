import { mostVoters } from "../quorum";
import { isUnknown, type Change, type Inputs } from "./parsePreview";

/** A host that comes, goes or is rebuilt, with what it means for the quorums and the copies of the records. */
export interface HostChange {
  host: string;
  kind: "joins" | "leaves" | "rebuilt" | "changes-role";
  /** With another role, the one that it is to have. */
  role: "control-plane" | "worker";
}

const joinName = /-(control-plane|worker)-(.+)$/;

/** Hosts that change, as the resources that join them say: one that leaves as the one and joins as the other changes its role. */
export function findHostChanges(changes: readonly Change[]): HostChange[] {
  const found = findJoinChanges(changes);
  const hostsThat = (kind: HostChange["kind"]) =>
    new Set(found.filter((change) => change.kind === kind).map(({ host }) => host));
  const [joining, leaving] = [hostsThat("joins"), hostsThat("leaves")];
  return found
    .filter(({ host, kind }) => !(kind === "leaves" && joining.has(host)))
    .map((change) =>
      change.kind === "joins" && leaving.has(change.host) ? { ...change, kind: "changes-role" } : change,
    );
}

/** What happens to the resources that join hosts, each for itself. */
function findJoinChanges(changes: readonly Change[]): HostChange[] {
  return changes.flatMap(({ op, type, name, before, after }): HostChange[] => {
    const found = type === "command:local:Command" ? joinName.exec(name) : null;
    if (found === null) return [];
    const host = { host: found[2]!, role: found[1] as HostChange["role"] };
    if (op === "create") return [{ ...host, kind: "joins" }];
    if (op === "delete") return [{ ...host, kind: "leaves" }];
    return generationOf(before) === generationOf(after) ? [] : [{ ...host, kind: "rebuilt" }];
  });
}

/** One sentence for each host, and one for each quorum whose size changes. */
export function describeHosts(changes: readonly Change[]): string[] {
  const hosts = findHostChanges(changes);
  // A first `up` makes everything: who the hosts are is told by the resources.
  if (changes.some(({ op, name }) => op === "create" && name.endsWith("-kafka-fleet"))) return [];
  return [...hosts.map((host) => describeHost(host, changes)), ...describeEtcd(hosts), ...describeBrokers(changes)];
}

function describeHost({ host, kind, role }: HostChange, changes: readonly Change[]): string {
  const volume = changes.find(
    ({ type, name }) => type.endsWith(":PersistentVolume") && name.endsWith(`-kafka-${host}`),
  );
  switch (kind) {
    case "changes-role":
      return `${host} would become a ${role}: refused. Take it out of iotef:hosts, run pulumi up, then add it with role: ${role}`;
    case "joins":
      return `${host} joins as a ${role}, ${volume === undefined ? "without a broker" : "with a broker"}; no other host restarts anything`;
    case "leaves": {
      const member = role === "control-plane" ? "its etcd member and " : "";
      const broker = volume === undefined ? "" : describeBroker(volume, changes);
      return `${host} (${role}) leaves: ${broker}then ${member}its node goes, then the host is reset if it still answers`;
    }
    case "rebuilt":
      return `${host} (${role}) is rebuilt: it is prepared and joins anew${role === "control-plane" ? ", its old etcd member is removed first" : ""}; its broker, if it has one and its disk is empty, copies everything from the others and then votes anew`;
  }
}

/** What becomes of the broker whose volume goes: no drain where another host's volume is bound to the same claim. */
function describeBroker(volume: Change, changes: readonly Change[]): string {
  const claim = claimOf(volume.before);
  const heir = changes.find(({ op, after }) => op === "create" && claim !== undefined && claimOf(after) === claim);
  if (heir === undefined) return "its broker is drained first, or this is refused; ";
  const other = heir.name.slice(heir.name.indexOf("-kafka-") + "-kafka-".length);
  return `its broker is NOT drained, for ${other} would get its id: take this host out and run pulumi up before ${other} comes in; `;
}

/** Only what the preview shows is known here: how many come and go, not how many there are. */
function describeEtcd(hosts: readonly HostChange[]): string[] {
  const count = (kind: HostChange["kind"]) =>
    hosts.filter((host) => host.role === "control-plane" && host.kind === kind).length;
  const [more, fewer, rebuilt] = [count("joins"), count("leaves"), count("rebuilt")];
  const told: string[] = [];
  if (more + fewer > 0) {
    const signs = [...(more > 0 ? [`${more} more`] : []), ...(fewer > 0 ? [`${fewer} fewer`] : [])].join(", ");
    told.push(`etcd: ${signs}, one after the other; it needs more than half of its members at every step`);
  }
  if (rebuilt > 1) {
    told.push(`etcd: ${rebuilt} control planes are rebuilt at once; rebuild one, wait until it is in, then the next`);
  }
  return told;
}

/** Brokers, by how many pods their StatefulSet has. */
function describeBrokers(changes: readonly Change[]): string[] {
  return changes.flatMap(({ type, name, before, after }) => {
    if (!type.endsWith(":StatefulSet") || !name.endsWith("-kafka")) return [];
    const [old, next] = [replicasOf(before), replicasOf(after)];
    if (old === undefined || next === undefined || old === next) return [];
    const voters = (brokers: number) => Math.min(mostVoters, brokers);
    const quorum =
      voters(old) === voters(next)
        ? `the ${voters(next)} voters stay`
        : `voters ${voters(old)} -> ${voters(next)}, bearing the loss of ${Math.floor((voters(next) - 1) / 2)}`;
    const copies =
      next > old
        ? "copies stay where they are until topics are made or moved"
        : "copies on those that go move to the others first";
    return [`Kafka: ${old} -> ${next} brokers; ${quorum}; ${copies}`];
  });
}

function claimOf(inputs: Inputs): unknown {
  return ((inputs["spec"] as Inputs | undefined)?.["claimRef"] as Inputs | undefined)?.["name"];
}

function replicasOf(inputs: Inputs): number | undefined {
  const replicas = (inputs["spec"] as Inputs | undefined)?.["replicas"];
  return isUnknown(replicas) || typeof replicas !== "number" ? undefined : replicas;
}

function generationOf(inputs: Inputs): string {
  const generation = (inputs["environment"] as Inputs | undefined)?.["GENERATION"];
  return typeof generation === "string" ? generation : "1";
}
