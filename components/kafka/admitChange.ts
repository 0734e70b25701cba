import * as command from "@pulumi/command";
import type * as pulumi from "@pulumi/pulumi";
import type { ReconcileJob } from "../../core/contract/reconcileJob";
import { KafkaResources, type KafkaResourcesArgs } from "./kafkaResources";
import type { Broker } from "./planBrokers";
import { ports } from "./renderServerProperties";

/** Prints who is to go, `from`, and who stays, `to`: what it printed before is the only memory of who was there. */
const compare = `node -e '
const to = JSON.parse(process.env.BROKERS), before = JSON.parse(process.env.PULUMI_COMMAND_STDOUT || "{}");
const from = [...new Set([...(before.from ?? []), ...(before.to ?? [])])].filter((id) => !to.includes(id)).sort((a, b) => a - b);
console.log(JSON.stringify({ from, to }))'`;

/**
 * Drains the brokers that configuration does not name any more, before anything of them goes; refuses where the replicas do
 * not fit on those that stay. A Job inside the cluster, as for topics. Where none is to go it ends at once and nobody waits.
 *
 * @returns what the scaling of the brokers must wait for
 */
export function admitChange(
  name: string,
  args: Pick<KafkaResourcesArgs, "namespace" | "image" | "ca" | "operator"> & { brokers: readonly Broker[] },
  options: pulumi.CustomResourceOptions,
): pulumi.Output<pulumi.Resource[]> {
  const { brokers, ...job } = args;
  const fleet = new command.local.Command(
    `${name}-fleet`,
    { create: compare, update: compare, environment: { BROKERS: JSON.stringify(brokers.map(({ id }) => id)) } },
    options,
  );
  const drain = fleet.stdout.apply((text) => JSON.parse(text) as NonNullable<ReconcileJob["drain"]>);
  const resources = new KafkaResources(
    `${name}-drain`,
    {
      ...job,
      owner: "drain",
      bootstrapServers: brokers.map(({ address }) => `${address}:${ports.client}`),
      state: { topics: [], users: [] },
      passwords: {},
      drain,
    },
    options,
  );
  return drain.apply(({ from }) => (from.length === 0 ? [] : [resources as pulumi.Resource]));
}
