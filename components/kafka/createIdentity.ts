import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { kafkaUuid } from "./kafkaUuid";
import type { Broker } from "./planBrokers";

export interface Identity {
  clusterId: pulumi.Output<string>;
  /** By broker id; a host that takes another one's place has a disk, and so an id, of its own. */
  directoryIds: pulumi.Output<string[]>;
}

/** Who the cluster and its disks are, for as long as the stack's state lives. */
export function createIdentity(
  name: string,
  brokers: readonly Broker[],
  options: pulumi.CustomResourceOptions,
): Identity {
  const draw = (child: string) =>
    pulumi.unsecret(new random.RandomBytes(`${name}-${child}`, { length: 16 }, options).base64.apply(kafkaUuid));
  return {
    clusterId: draw("cluster-id"),
    directoryIds: pulumi.all(brokers.map((broker) => draw(`disk-${broker.name}`))),
  };
}
