import { longestTransactionMs } from "../../core/contract/stageConfig";
import { isVoter, type Broker } from "./planBrokers";

/** Ports on every host. Clients need only the first. */
export const ports = { client: 9092, controller: 9093, broker: 9094 } as const;

/** Paths inside a broker's container (or on this machine, where tests run brokers without one). */
export interface BrokerPaths {
  data: string;
  /** PEM: PKCS#8 private key, then the certificate. */
  keystore: string;
  /** PEM: certificate of the authority. */
  truststore: string;
}

export interface BrokerSettings {
  /** How long a topic keeps records unless it says otherwise, hours. */
  retentionHours: number;
  /** Largest record batch, MiB. */
  maxMessageMiB: number;
  /** A broker silent for longer counts as dead, milliseconds. */
  sessionMs: number;
}

/** Listener ports of one broker; only tests differ from `ports`. */
export type BrokerPorts = Record<keyof typeof ports, number>;

export interface ServerPropertiesInput {
  brokers: readonly Broker[];
  id: number;
  settings: BrokerSettings;
  paths: BrokerPaths;
  portsOf?: (broker: Broker) => BrokerPorts;
}

/** Replicas of every topic, and how many must have a record before a producer hears "written". */
export function replication(brokerCount: number): { factor: number; minInSync: number } {
  const factor = Math.min(5, brokerCount);
  return { factor, minInSync: Math.floor(factor / 2) + 1 };
}

/**
 * server.properties of one broker. The first five are controllers too; addresses, never names, so that a broker starts
 * without DNS (facts/kafka.md B12). Every network path is encrypted and both ends are authenticated: clients by
 * SCRAM, brokers and operators by client certificates.
 */
export function renderServerProperties(input: ServerPropertiesInput): string {
  const { brokers, id } = input;
  const broker = brokers.find((candidate) => candidate.id === id);
  if (broker === undefined) throw new Error(`broker ${id}: no host has this id`);
  const sections: [string, Record<string, string | number | boolean>][] = [
    ["identity", identity(input, broker)],
    ["listeners", listeners(input, broker)],
    ["encryption and identity of clients", security(input)],
    ["safety of records", safety(input)],
    ["small machines", smallness()],
  ];
  return sections
    .map(([title, properties]) => [
      `# ${title}`,
      ...Object.entries(properties).map(([key, value]) => `${key}=${value}`),
    ])
    .map((lines) => `${lines.join("\n")}\n`)
    .join("\n");
}

function identity({ brokers, paths, portsOf }: ServerPropertiesInput, broker: Broker) {
  const bootstrap = brokers
    .filter(isVoter)
    .map((each) => `${each.address}:${portsOf?.(each).controller ?? ports.controller}`);
  return {
    "process.roles": isVoter(broker) ? "broker,controller" : "broker",
    "node.id": broker.id,
    "controller.quorum.bootstrap.servers": bootstrap.join(","),
    // A voter with a new disk takes its old self out of the quorum and itself in, once it has caught up (decision 002).
    ...(isVoter(broker) ? { "controller.quorum.auto.join.enable": true } : {}),
    "log.dirs": paths.data,
    "broker.rack": broker.name,
  };
}

function listeners({ portsOf }: ServerPropertiesInput, broker: Broker) {
  const own = portsOf?.(broker) ?? ports;
  const served = isVoter(broker) ? (["client", "broker", "controller"] as const) : (["client", "broker"] as const);
  const addresses = served
    .map((listener) => `${listener.toUpperCase()}://${broker.address}:${own[listener]}`)
    .join(",");
  return {
    listeners: addresses,
    "advertised.listeners": addresses,
    "listener.security.protocol.map": "CLIENT:SASL_SSL,BROKER:SSL,CONTROLLER:SSL",
    "inter.broker.listener.name": "BROKER",
    "controller.listener.names": "CONTROLLER",
  };
}

function security({ paths }: ServerPropertiesInput) {
  return {
    "ssl.keystore.type": "PEM",
    "ssl.keystore.location": paths.keystore,
    "ssl.truststore.type": "PEM",
    "ssl.truststore.location": paths.truststore,
    "ssl.endpoint.identification.algorithm": "https",
    "ssl.principal.mapping.rules": "RULE:^CN=([^,]+).*$/$1/,DEFAULT",
    "listener.name.client.ssl.client.auth": "none",
    "listener.name.broker.ssl.client.auth": "required",
    "listener.name.controller.ssl.client.auth": "required",
    "sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "listener.name.client.sasl.enabled.mechanisms": "SCRAM-SHA-512",
    "listener.name.client.scram-sha-512.sasl.jaas.config":
      "org.apache.kafka.common.security.scram.ScramLoginModule required;",
    "authorizer.class.name": "org.apache.kafka.metadata.authorizer.StandardAuthorizer",
    "allow.everyone.if.no.acl.found": false,
    "super.users": "User:broker;User:admin",
  };
}

/** An error of configuration here loses records, so nothing of it is left to a default (facts/kafka.md 3). */
function safety({ brokers, settings }: ServerPropertiesInput) {
  const { factor, minInSync } = replication(brokers.length);
  const maxMessageBytes = settings.maxMessageMiB * 1024 * 1024;
  return {
    "default.replication.factor": factor,
    "min.insync.replicas": minInSync,
    "offsets.topic.replication.factor": factor,
    "transaction.state.log.replication.factor": factor,
    "transaction.state.log.min.isr": minInSync,
    "share.coordinator.state.topic.replication.factor": factor,
    "share.coordinator.state.topic.min.isr": minInSync,
    "unclean.leader.election.enable": false,
    "auto.create.topics.enable": false,
    "log.retention.hours": settings.retentionHours,
    // One setting, three places: where they differ, a large record blocks a partition (facts/kafka.md B17).
    "message.max.bytes": maxMessageBytes,
    "replica.fetch.max.bytes": maxMessageBytes,
    "replica.fetch.response.max.bytes": Math.max(maxMessageBytes, 10 * 1024 * 1024),
    ...failover(settings),
    // A broker that is not heard in time ends itself (default 60 s), and its next start keeps a busy host as busy: Kubernetes
    // sees that it is not ready, and that is enough.
    "initial.broker.registration.timeout.ms": 30 * 60 * 1000,
    // Stages ask for short sessions, so that a dead replica's lanes move in seconds.
    "group.min.session.timeout.ms": 1000,
    "group.initial.rebalance.delay.ms": 0,
    // A stage that died in a transaction holds readers up for at most this and the scan below.
    "transaction.max.timeout.ms": longestTransactionMs,
    "transaction.abort.timed.out.transaction.cleanup.interval.ms": 2000,
    // A fence must outlive a long outage of an edge site; 24 days is about the most that fits (default 7).
    "transactional.id.expiration.ms": 24 * 24 * 3600 * 1000,
    "offsets.retention.minutes": 90 * 24 * 60,
  };
}

/** How soon the other brokers do without one that is dead. */
export function failover({ sessionMs }: Pick<BrokerSettings, "sessionMs">) {
  return {
    // Its partitions get new leaders after this (default 9 s); until then whatever is written waits for it.
    "broker.session.timeout.ms": sessionMs,
    // One that stands still for a second of the default 1.5 is not dead (default 2 s).
    "broker.heartbeat.interval.ms": Math.floor(sessionMs / 5),
    // The same for the controller, whose successor counts the sessions anew (default 2 s).
    "controller.quorum.fetch.timeout.ms": sessionMs,
    // A marker on its way to a dead leader is sent to the next one after this; until then nobody can fence the transaction
    // (default 30 s: the next owner of a lane waited for 40).
    "request.timeout.ms": Math.max(2000, sessionMs),
  };
}

/** Memory and threads for hosts of 2 GB (facts/kafka.md 3); raising them gains nothing at these loads. */
function smallness() {
  return {
    "num.partitions": 5,
    "offsets.topic.num.partitions": 5,
    "transaction.state.log.num.partitions": 5,
    "share.coordinator.state.topic.num.partitions": 5,
    "num.network.threads": 2,
    "num.io.threads": 2,
    "num.replica.fetchers": 1,
    // Idle brokers keep asking one another; an answer with records never waits for this (defaults: 500 and 500).
    "replica.fetch.wait.max.ms": 2000,
    "metadata.max.idle.interval.ms": 5000,
    "num.recovery.threads.per.data.dir": 1,
    "background.threads": 2,
    "log.cleaner.threads": 1,
    // Taken from the heap at start; the default of 128 MiB would not fit into it.
    "log.cleaner.dedupe.buffer.size": 8 * 1024 * 1024,
    "log.index.size.max.bytes": 256 * 1024,
    "log.segment.bytes": 64 * 1024 * 1024,
    "metadata.log.segment.bytes": 16 * 1024 * 1024,
    "metadata.max.retention.bytes": 64 * 1024 * 1024,
    "socket.send.buffer.bytes": 64 * 1024,
    "socket.receive.buffer.bytes": 64 * 1024,
  };
}
