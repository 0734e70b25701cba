import * as k8s from "@pulumi/kubernetes";
import * as pulumi from "@pulumi/pulumi";
import * as random from "@pulumi/random";
import { images as upstreamImages } from "../../core/artifacts";
import type { KafkaCredentials } from "../../core/contract/outputs";
import type { WantedBroker } from "../../core/contract/reconcileJob";
import { imageOfStage } from "../../core/placement/imageOfStage";
import { admitChange } from "./admitChange";
import { createCertificates } from "./createCertificates";
import { createIdentity } from "./createIdentity";
import { inheritedOptions } from "./inheritedOptions";
import { KafkaResources } from "./kafkaResources";
import { isVoter, planBrokers, type BrokerHost } from "./planBrokers";
import { renderBrokerFiles } from "./renderBrokerFiles";
import { ports, type BrokerSettings } from "./renderServerProperties";
import { restartReason } from "./restartReason";
import { brokerPaths, brokerSet, renderStatefulSet } from "./renderStatefulSet";
import { renderVolume } from "./renderVolume";

export interface KafkaClusterArgs {
  clusterName: string;
  /** The hosts that get a broker. Plain: it gives the component its children. */
  hosts: readonly (BrokerHost & Partial<Pick<WantedBroker, "generation">>)[];
  /** Broker id of hosts, by host name. @default ids in the order of the names */
  brokerIds?: Readonly<Record<string, number>>;
  /** Machine id of each host, by host name: those that the cluster is founded on may vote at once. */
  machines: pulumi.Input<Readonly<Record<string, string>>>;
  settings: BrokerSettings & {
    /** Java heap of a broker, MiB. */
    heapMiB: number;
    /** Folder on each host; made, for user 1000, when the host was prepared. */
    dataPath: string;
    storageGiB: number;
  };
  /** Where IoTEF's own images are. */
  images: Parameters<typeof imageOfStage>[0];
  /** Raise it to renew the certificates of brokers and operator; brokers roll one by one. @default 1 */
  certificateGeneration?: number;
}

const namespaceName = "kafka";
const storageClassName = "iotef-kafka";

/**
 * A Kafka with one broker per host, each of them also a controller: five bear the loss of any two. Brokers listen on
 * the hosts' addresses, so devices and other clusters reach each of them without overlay or DNS.
 *
 * @example
 * const kafka = new KafkaCluster("edge", { clusterName: "edge", hosts, settings, images }, { providers: [provider] });
 * export const { bootstrapServers } = kafka;
 */
export class KafkaCluster extends pulumi.ComponentResource {
  /** `address:port` of each client listener (SASL_SSL, SCRAM-SHA-512); resolves when the cluster can be used. */
  readonly bootstrapServers: pulumi.Output<string[]>;
  /** PEM of the authority that signed the brokers' certificates. */
  readonly ca: pulumi.Output<string>;
  readonly clusterId: pulumi.Output<string>;
  /** Super user. Secret. */
  readonly admin: pulumi.Output<KafkaCredentials>;
  /** Resolves when all brokers are in, the internal topics are there and the admin can log in. */
  readonly ready: pulumi.Output<string>;

  constructor(name: string, args: KafkaClusterArgs, options: pulumi.ComponentResourceOptions = {}) {
    super("iotef:kafka:KafkaCluster", name, {}, options);
    const child = inheritedOptions(this, options);
    const own = `${name}-kafka`;
    const { settings } = args;
    const brokers = planBrokers(args.hosts, args.brokerIds);
    const servers = (port: number) => brokers.map(({ address }) => `${address}:${port}`);
    const certificateGeneration = args.certificateGeneration ?? 1;
    const paths = { data: brokerPaths.volume, keystore: brokerPaths.keystore, truststore: brokerPaths.truststore };

    const identity = createIdentity(own, brokers, args.machines, child);
    const certificates = createCertificates(own, brokers, certificateGeneration, child);
    const namespace = new k8s.core.v1.Namespace(own, { metadata: { name: namespaceName } }, child).metadata.name;
    const volumes = createVolumes();
    createService();
    createDisruptionBudget();
    const image = imageOfStage(args.images, { process: "reconcile" });
    const operator = {
      kind: "certificate" as const,
      brokerServers: servers(ports.broker),
      pem: certificates.operator,
    };
    const admitted = admitChange(own, { namespace, image, ca: certificates.ca, operator, brokers }, child);
    // A broker that must not go after all keeps its files: it may have to start again.
    const asAdmitted = { ...child, dependsOn: admitted };
    const files = createFiles();
    const tls = createTls();
    const brokerPods = createBrokers();
    const password = new random.RandomPassword(`${own}-admin`, { length: 32, special: false }, child).result;
    const resources = new KafkaResources(
      own,
      {
        namespace,
        image,
        owner: `${name}-cluster`,
        bootstrapServers: servers(ports.client),
        ca: certificates.ca,
        operator,
        state: { topics: [], users: [{ name: "admin", rights: [] }] },
        passwords: { admin: password },
        internalTopics: { brokers: brokers.length },
        brokers: brokers.map(({ id, name: host }) => ({
          id,
          host,
          voter: isVoter({ id }),
          generation: args.hosts.find((each) => each.name === host)?.generation ?? 1,
        })),
      },
      { ...child, dependsOn: brokerPods },
    );

    this.ready = resources.ready;
    this.bootstrapServers = this.ready.apply(() => servers(ports.client));
    this.ca = certificates.ca;
    this.clusterId = identity.clusterId;
    this.admin = pulumi.secret(password.apply((secret) => ({ username: "admin", password: secret })));
    this.registerOutputs({ bootstrapServers: this.bootstrapServers, clusterId: this.clusterId });

    /** A folder of each host as the volume of its broker. */
    function createVolumes(): pulumi.Resource[] {
      const storageClass = new k8s.storage.v1.StorageClass(
        own,
        {
          metadata: { name: storageClassName },
          provisioner: "kubernetes.io/no-provisioner",
          volumeBindingMode: "WaitForFirstConsumer",
          reclaimPolicy: "Retain",
        },
        child,
      );
      const place = {
        namespace: namespaceName,
        storageClass: storageClassName,
        path: settings.dataPath,
        sizeGiB: settings.storageGiB,
      };
      return brokers.map(
        (broker) =>
          new k8s.core.v1.PersistentVolume(
            `${own}-${broker.name}`,
            { metadata: { name: `kafka-${broker.name}` }, spec: renderVolume(broker, place) },
            { ...child, dependsOn: storageClass },
          ),
      );
    }

    /** Under a name that stays, as the Secret below: what is in it about one broker must not restart the others. */
    function createFiles(): k8s.core.v1.ConfigMap {
      const data = pulumi
        .all([identity.clusterId, identity.founders])
        .apply(([clusterId, founders]) => renderBrokerFiles({ brokers, settings, paths, clusterId, founders }));
      return new k8s.core.v1.ConfigMap(
        `${own}-files`,
        { metadata: { namespace, name: `${brokerSet}-files` }, data },
        asAdmitted,
      );
    }

    function createTls(): k8s.core.v1.Secret {
      const keystores = [...certificates.brokers].map(([id, pem]) => [`${brokerSet}-${id}.pem`, pem] as const);
      const stringData = { "ca.crt": certificates.ca, ...Object.fromEntries(keystores) };
      return new k8s.core.v1.Secret(
        `${own}-tls`,
        { metadata: { namespace, name: `${brokerSet}-tls` }, stringData },
        asAdmitted,
      );
    }

    /** Gives the pods names; nobody is balanced over it, and brokers do not need it to find each other. */
    function createService(): void {
      new k8s.core.v1.Service(
        own,
        {
          metadata: { namespace, name: brokerSet },
          spec: {
            clusterIP: "None",
            publishNotReadyAddresses: true,
            selector: { app: brokerSet },
            ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port })),
          },
        },
        child,
      );
    }

    function createDisruptionBudget(): void {
      new k8s.policy.v1.PodDisruptionBudget(
        own,
        {
          metadata: { namespace, name: brokerSet },
          spec: { maxUnavailable: 1, selector: { matchLabels: { app: brokerSet } } },
        },
        child,
      );
    }

    function createBrokers(): k8s.apps.v1.StatefulSet {
      const spec = renderStatefulSet<pulumi.Output<string>>({
        image: upstreamImages.kafka,
        brokerCount: brokers.length,
        heapMiB: settings.heapMiB,
        storageClass: storageClassName,
        restartFor: restartReason({ settings, paths }, certificateGeneration),
        configMap: files.metadata.name,
        tlsSecret: tls.metadata.name,
      });
      return new k8s.apps.v1.StatefulSet(
        own,
        { metadata: { namespace, name: brokerSet }, spec },
        {
          ...child,
          // A new broker finds its files there; those of one that goes have waited for its drain, and so does this.
          dependsOn: [...volumes, files, tls],
          customTimeouts: { create: "30m", update: "60m" },
        },
      );
    }
  }
}
