import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { ConfigError } from "../../core/errors";
import { checkBrokerIds } from "./checkBrokerIds";
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
 * change touches any more: the founders, with the machines that they were, and the broker id of each host.
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

  const founders = pulumi
    .all([cluster.keepers, disks.map(({ broker, disk }) => ({ broker, id: idOf(disk), kept: disk.keepers }))])
    .apply(([keepers, drawn]) => {
      const recorded = Object.fromEntries(drawn.map(({ broker, kept }) => [broker.name, kept?.["broker"]]));
      const problems = checkBrokerIds(brokers, recorded);
      if (problems.length > 0) throw new pulumi.RunError(new ConfigError(problems).message);
      const first = JSON.parse(keepers?.["founders"] ?? "[]") as Omit<Founder, "directoryId">[];
      return first.flatMap((founder) => {
        const directoryId = drawn.find(({ broker }) => broker.name === founder.name && broker.id === founder.id)?.id;
        return directoryId === undefined ? [] : [{ ...founder, directoryId }];
      });
    });
  return { clusterId: idOf(cluster), founders };
}
