import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import type { KafkaState } from "../../core/contract/kafkaState";
import type { ReconcileJob, WantedBroker } from "../../core/contract/reconcileJob";
import { inheritedOptions } from "./inheritedOptions";
import { passwordKey, renderReconcileJob } from "./renderReconcilePod";
import { validateKafkaState } from "./validateKafkaState";

/** How the Job gets in with all rights: a client certificate, or a SCRAM-SHA-512 super user. */
export type OperatorCredential =
  | {
      kind: "certificate";
      /** `address:port` of the listeners that ask for one. */
      brokerServers: pulumi.Input<string[]>;
      /** PEM of key and certificate; secret. */
      pem: pulumi.Input<string>;
    }
  | { kind: "password"; username: pulumi.Input<string>; password: pulumi.Input<string> };

export interface KafkaResourcesArgs {
  /** Namespace of the Job; must exist. */
  namespace: pulumi.Input<string>;
  /** Reference of the reconcile image. */
  image: string;
  /** Whose state this is, for example the pipeline: what an owner wanted before and wants no longer is removed. */
  owner: string;
  /** `address:port` of the client listeners (SASL_SSL). */
  bootstrapServers: pulumi.Input<string[]>;
  /** PEM of the brokers' authority. */
  ca: pulumi.Input<string>;
  operator: OperatorCredential;
  /** What is wanted. Plain, so that a preview can tell what changes. */
  state: KafkaState;
  /** A password for each user of the state; secret. */
  passwords: Readonly<Record<string, pulumi.Input<string>>>;
  /** Have Kafka make its internal topics once so many brokers are registered. @default at their first use */
  internalTopics?: { brokers: number };
  /** Wait until these brokers are all in and in sync, the right ones voting; forget all others. @default looks at none */
  brokers?: WantedBroker[];
  /** Instead of all the above: move every replica `from` these brokers `to` those. */
  drain?: pulumi.Input<NonNullable<ReconcileJob["drain"]>>;
}

/**
 * Topics, users and rights of one Kafka cluster, made so by a Job inside that cluster: neither a preview nor an `up`
 * needs the operator's machine to reach Kafka. Every change of what is wanted, passwords included, makes a new Job;
 * `up` waits for it and shows why it failed. Deleting this component deletes no topic and no user.
 *
 * @example
 * new KafkaResources("edge", { namespace, image, owner: "iotef", bootstrapServers, ca, operator, state, passwords });
 */
export class KafkaResources extends pulumi.ComponentResource {
  /** Resolves, to the name of the Job, when everything is as wanted. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: KafkaResourcesArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("iotef:kafka:KafkaResources", name, {}, options);
    validateKafkaState(args.state, Object.keys(args.passwords));
    const child = inheritedOptions(this, options);
    const { namespace, operator } = args;
    const byCertificate = operator.kind === "certificate";

    // No fixed names: a change makes a new object under a new name, and so a new Job.
    const configMap = new k8s.core.v1.ConfigMap(
      `${name}-reconcile`,
      {
        metadata: { namespace },
        immutable: true,
        data: { "job.json": pulumi.jsonStringify(describeJob(args), undefined, 2) },
      },
      child,
    );
    const secret = new k8s.core.v1.Secret(
      `${name}-reconcile`,
      {
        metadata: { namespace },
        immutable: true,
        stringData: {
          ...(byCertificate
            ? { "operator.pem": pulumi.secret(operator.pem) }
            : { password: pulumi.secret(operator.password) }),
          ...Object.fromEntries(
            Object.entries(args.passwords).map(([user, password]) => [passwordKey(user), pulumi.secret(password)]),
          ),
        },
      },
      child,
    );
    const job = new k8s.batch.v1.Job(
      `${name}-reconcile`,
      {
        // One that failed runs anew at the next `up`: what it refused may be mended. Without this the provider waits for the same
        // failed Job again and reports what it said then (pulumi-kubernetes#856). It is the provider's documented way, and asks
        // the Job itself; `replaceOnChanges: ["#initerror"]` knows only what the last run made of it.
        metadata: { namespace, annotations: { "pulumi.com/replaceUnready": "true" } },
        spec: renderReconcileJob<pulumi.Output<string>>({
          image: args.image,
          configMap: configMap.metadata.name,
          secret: secret.metadata.name,
          users: args.state.users.map((user) => user.name),
          credential: byCertificate ? "operator.pem" : "password",
        }),
      },
      // Of a Job that runs hardly anything can be changed, and the provider tries: a newer IoTEF may want another spec.
      { ...child, customTimeouts: { create: "35m" }, replaceOnChanges: ["spec"] },
    );
    this.ready = job.metadata.name;
    this.registerOutputs({ ready: this.ready });
  }
}

/** Same wishes, same text: everything is sorted, so that an order in the configuration makes no new Job. */
function describeJob(
  args: KafkaResourcesArgs,
): pulumi.Input<{ [Key in keyof ReconcileJob]: pulumi.Input<ReconcileJob[Key]> }> {
  const { owner, bootstrapServers, ca, operator, internalTopics, brokers, drain } = args;
  const byName = (a: { name: string }, b: { name: string }) => (a.name < b.name ? -1 : 1);
  return {
    owner,
    bootstrapServers,
    ...(operator.kind === "certificate" ? { brokerServers: operator.brokerServers } : { username: operator.username }),
    ca,
    state: {
      ...args.state,
      topics: [...args.state.topics].sort(byName),
      users: [...args.state.users].sort(byName),
    },
    ...(internalTopics === undefined ? {} : { internalTopics }),
    ...(brokers === undefined ? {} : { brokers }),
    ...(drain === undefined ? {} : { drain }),
  };
}
