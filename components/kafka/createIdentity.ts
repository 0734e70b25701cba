import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ConfigError } from "../../core/errors";
import { checkBrokerIds, hostToRecord, type BrokerRecords } from "./checkBrokerIds";
import { kafkaUuid } from "./kafkaUuid";
import { isVoter, type Broker } from "./planBrokers";
import type { Founder } from "./renderBrokerFiles";

export interface Identity {
  clusterId: pulumi.Output<string>;
  /** The voters that the cluster began with, as far as their hosts are still in the rack. Never grows. */
  founders: pulumi.Output<Founder[]>;
}

/**
 * Who the cluster and its disks are, for as long as the stack's state lives. What is remembered stands in `keepers` that no
 * change touches any more: the founders, with the machines that they were, the broker id of each host, and the host of each id.
 * The last one goes with its broker: while it is there, no other host may have the id.
 *
 * @param machines machine id of each host, by its name; read when the cluster is founded
 */
export function createIdentity(
  name: string,
  brokers: readonly Broker[],
  machines: pulumi.Input<Readonly<Record<string, string>>>,
  options: pulumi.CustomResourceOptions,
): Identity {
  const draw = (child: string, keepers: Record<string, pulumi.Input<string>>) =>
    new random.RandomBytes(`${name}-${child}`, { length: 16, keepers }, { ...options, ignoreChanges: ["keepers"] });
  const idOf = ({ base64 }: random.RandomBytes) => pulumi.unsecret(base64.apply(kafkaUuid));

  const voters = brokers.filter(isVoter);
  const founding = pulumi
    .output(machines)
    .apply((known) => JSON.stringify(voters.map((broker) => ({ ...broker, machine: known[broker.name] ?? "" }))));
  const cluster = draw("cluster-id", { founders: founding });
  const disks = brokers.map((broker) => ({
    broker,
    disk: draw(`disk-${broker.name}`, { broker: String(broker.id) }),
  }));

  // A preview does not know the bytes of a new disk. What is to be refused there must not wait for them.
  const ids = pulumi
    .output(disks.map(({ broker, disk }) => disk.keepers.apply((kept) => [broker.name, kept?.["broker"]] as const)))
    .apply((kept): BrokerRecords["ids"] => Object.fromEntries(kept));
  const hosts = brokers.reduce((smaller, { id }) => {
    const host = pulumi
      .all([ids, smaller])
      .apply(([noted, known]) => hostToRecord(id, brokers, { ids: noted, hosts: known }) ?? "");
    const { keepers } = draw(`broker-${id}`, { host });
    return pulumi.all([smaller, keepers]).apply(([known, kept]) => ({ ...known, [id]: kept?.["host"] || undefined }));
  }, pulumi.output<Record<number, string | undefined>>({}));
  const checked = pulumi.all([ids, hosts]).apply(([noted, known]) => {
    const problems = checkBrokerIds(brokers, { ids: noted, hosts: known });
    if (problems.length > 0) throw new pulumi.RunError(new ConfigError(problems).message);
  });

  const founders = pulumi
    .all([cluster.keepers, disks.map(({ broker, disk }) => ({ broker, id: idOf(disk) })), checked])
    .apply(([keepers, drawn]) => {
      const first = JSON.parse(keepers?.["founders"] ?? "[]") as Omit<Founder, "directoryId">[];
      return first.flatMap((founder) => {
        const directoryId = drawn.find(({ broker }) => broker.name === founder.name && broker.id === founder.id)?.id;
        return directoryId === undefined ? [] : [{ ...founder, directoryId }];
      });
    });
  return { clusterId: idOf(cluster), founders };
}
