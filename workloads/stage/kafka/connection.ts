import { readFileSync } from "node:fs";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";
import { Blocked } from "../blocked";
import { readBootstrapServers } from "./bootstrapServers";
import { Cluster, createLogger, type Broker, type KafkajsLogEntry } from "./internals";
import { errorOfCode, KafkaFailure, kindOf } from "./failure";
import { HostWatch } from "./hostWatch";
import { askMetadata } from "./metadata";
import { mendConnections } from "./mendConnections";
import { Sockets } from "./sockets";

/** Covers TCP and TLS over a WAN; a host that has vanished without a word costs less (`Sockets`). */
export const connectionTimeoutMs = 4000;
/** How long a broker may take over one request before its connections are dropped and another try is made; it grows where that is too short (`patience.ts`). */
export const requestTimeoutMs = 5000;
/** How long one step (fence, produce, end) is retried before the whole lane group is rebuilt. */
export const stepDeadlineMs = 12000;
/** How long to wait for leaders that are connected to in advance. */
const reachMs = 1000;
/** Smallest and largest pause for a transaction whose markers are still being written, for which lanes stand still; and for anything else. */
const pauseMs = { concurrent: { first: 4, most: 30 }, other: { first: 30, most: 300 } };

/** Where a cluster is, and which it must be. */
export type Endpoint = Pick<StreamEndpoint, "cluster" | "clusterId" | "bootstrapServers" | "security">;

export type KafkaLog = (entry: { level: "error" | "warn" | "info" | "debug"; message: string; fields: object }) => void;

/** Connections to the brokers of one cluster, with kafkajs below: metadata, TLS, SCRAM and requests, but none of its retries. */
export class ClusterConnection {
  private readonly cluster: InstanceType<typeof Cluster>;
  private readonly sockets: Sockets;
  private readonly watch: HostWatch;
  private closed = false;

  private constructor(
    readonly endpoint: Endpoint,
    clientId: string,
    log: KafkaLog,
    requestTimeout: number,
  ) {
    this.sockets = new Sockets(connectionTimeoutMs + requestTimeout);
    this.cluster = new Cluster({
      ...clientOptions(endpoint),
      logger: createLogger({ level: 5, logCreator: () => logInto(log) }),
      socketFactory: this.sockets.factory,
      clientId,
      requestTimeout,
      enforceRequestTimeout: true,
      metadataMaxAge: 300_000,
      allowAutoTopicCreation: false,
      maxInFlightRequests: null,
      isolationLevel: 1,
    });
    mendConnections(this.cluster);
    const { brokerPool } = this.cluster;
    const brokers = () => [
      ...Object.values(brokerPool.brokers),
      ...(brokerPool.seedBroker ? [brokerPool.seedBroker] : []),
    ];
    this.watch = new HostWatch(brokers, (broker) => this.drop(broker));
  }

  /** Connects and learns where the topics' partitions are. @throws Blocked where it is another cluster than was meant */
  static async open(
    endpoint: Endpoint,
    topics: string[],
    clientId: string,
    log: KafkaLog,
    requestTimeout = requestTimeoutMs,
  ): Promise<ClusterConnection> {
    const connection = new ClusterConnection(endpoint, clientId, log, requestTimeout);
    try {
      await connection.cluster.connect();
      const checks = [connection.checkClusterId(), connection.cluster.addMultipleTargetTopics(topics)];
      // Another cluster may not know the topics: which it is matters more.
      for (const check of await Promise.allSettled(checks)) if (check.status === "rejected") throw check.reason;
      return connection;
    } catch (error) {
      await connection.close();
      if (error instanceof Blocked) throw error;
      const { type, fenced } = kindOf(error);
      throw new KafkaFailure(`connecting to cluster ${endpoint.cluster}`, type, fenced, { cause: error });
    }
  }

  /**
   * As `open`, and connects to the leaders of all partitions, so that no later step waits for it. Leaders that do not answer
   * within a second are left to these steps.
   */
  static async reach(...args: Parameters<typeof ClusterConnection.open>): Promise<ClusterConnection> {
    const connection = await ClusterConnection.open(...args);
    const [, topics] = args;
    const leaders = new Set(topics.flatMap((topic) => connection.leadersOf(topic)));
    await Promise.race([
      Promise.allSettled([...leaders].map((leader) => connection.broker(leader))),
      new Promise((resolve) => setTimeout(resolve, reachMs).unref()),
    ]);
    return connection;
  }

  /** Addresses are used again: positions in the log of a cluster that is gone mean other records in the next one's. */
  private async checkClusterId(): Promise<void> {
    const { cluster, clusterId } = this.endpoint;
    const { clusterId: found } = await askMetadata(await this.anyBroker(), []);
    if (found === clusterId) return;
    throw new Blocked(
      `the brokers of ${cluster} are those of a cluster with the id ${found}, the configuration says ${clusterId}: it was made anew, or the addresses are another's; where that is meant, \`pulumi up\` the federation, and the stage reads the new one from its start`,
    );
  }

  partitionsOf(topic: string): number {
    return this.cluster.findTopicPartitionMetadata(topic).length;
  }

  private leadersOf(topic: string): number[] {
    return this.cluster.findTopicPartitionMetadata(topic).flatMap(({ leader }) => (leader < 0 ? [] : [leader]));
  }

  /** @throws the error LEADER_NOT_AVAILABLE while there is none */
  leaderIdOf(topic: string, partition: number): number {
    const found = this.cluster.findTopicPartitionMetadata(topic).find(({ partitionId }) => partitionId === partition);
    if (found === undefined || found.leader < 0) throw errorOfCode(found === undefined ? 3 : 5);
    return found.leader;
  }

  broker(nodeId: number): Promise<Broker> {
    return this.cluster.findBroker({ nodeId: String(nodeId) });
  }

  async leaderOf(topic: string, partition: number): Promise<Broker> {
    return this.broker(this.leaderIdOf(topic, partition));
  }

  /** For what each broker can tell: the one that told of the others, as it has answered before, or another that is connected. */
  async anyBroker(): Promise<Broker> {
    const { brokerPool } = this.cluster;
    return brokerPool.seedBroker?.isConnected() ? brokerPool.seedBroker : brokerPool.findConnectedBroker();
  }

  /** The broker that keeps a transactional id. */
  coordinatorOf(transactionalId: string): Promise<Broker> {
    return this.findCoordinator({ groupId: transactionalId, coordinatorType: 1 });
  }

  /** The broker that keeps a consumer group. */
  groupCoordinatorOf(groupId: string): Promise<Broker> {
    return this.findCoordinator({ groupId, coordinatorType: 0 });
  }

  /**
   * Asks one broker after the other. So does kafkajs, but it forgets why none could tell: their addresses may be such as only
   * other brokers reach, or the user may not ask.
   */
  private async findCoordinator(sought: { groupId: string; coordinatorType: number }): Promise<Broker> {
    let failure: unknown = errorOfCode(15);
    for (const nodeId of inAnyOrder(Object.keys(this.cluster.brokerPool.brokers))) {
      let found: number;
      try {
        const asked = await this.cluster.findBroker({ nodeId });
        found = (await asked.findGroupCoordinator(sought)).coordinator.nodeId;
      } catch (error) {
        failure = error;
        continue;
      }
      return this.broker(found);
    }
    throw failure;
  }

  async refresh(): Promise<void> {
    await this.cluster.refreshMetadata();
  }

  /**
   * Tries `step` until it succeeds, and after `deadlineMs` not again. Network errors and the errors named in `retriable`
   * are tried again, after a look at where leaders are now; anything else is final.
   * @throws KafkaFailure
   */
  async persist<T>(
    during: string,
    retriable: ReadonlySet<string>,
    step: (retry: number) => Promise<T>,
    deadlineMs = stepDeadlineMs,
  ): Promise<T> {
    const start = performance.now();
    let pause = 0;
    for (let retry = 0; ; retry++) {
      try {
        return await step(retry);
      } catch (error) {
        const kind = kindOf(error);
        const again =
          (kind.network || retriable.has(kind.type)) && performance.now() - start < deadlineMs && !this.closed;
        if (!again) throw new KafkaFailure(during, kind.type, kind.fenced, { cause: error });
        const settling = kind.type === "CONCURRENT_TRANSACTIONS";
        if (!settling) {
          if (kind.network && kind.broker) this.drop(kind.broker);
          await this.refresh().catch(() => undefined);
        }
        const { first, most } = settling ? pauseMs.concurrent : pauseMs.other;
        pause = Math.min(Math.max(pause * 1.6, first), most);
        await new Promise((resolve) => setTimeout(resolve, pause));
      }
    }
  }

  /** Cuts what may be half-open. */
  drop(broker: string): void {
    this.sockets.drop(broker);
  }

  async close(): Promise<void> {
    this.closed = true;
    this.watch.stop();
    const orderly = this.cluster.disconnect().catch(() => undefined);
    await Promise.race([orderly, new Promise((resolve) => setTimeout(resolve, 300).unref())]);
    this.sockets.close();
  }
}

/** Addresses, credentials and time-outs, as kafkajs takes them everywhere. Files are read anew for each connection: they may be rotated. */
export function clientOptions({ bootstrapServers, security }: Pick<StreamEndpoint, "bootstrapServers" | "security">) {
  return {
    // In another order each time: a rebuild must not begin with the broker that made it necessary.
    brokers: inAnyOrder(readBootstrapServers(bootstrapServers)),
    connectionTimeout: connectionTimeoutMs,
    authenticationTimeout: 10_000,
    requestTimeout: requestTimeoutMs,
    retry: { initialRetryTime: 30, maxRetryTime: 300, retries: 2 },
    ...(security && {
      ssl: { ca: [readFileSync(security.caFile, "utf8")] },
      sasl: {
        mechanism: "scram-sha-512" as const,
        username: readFileSync(security.usernameFile, "utf8").trim(),
        password: readFileSync(security.passwordFile, "utf8").trim(),
      },
    }),
  };
}

/** kafkajs logs each refused connection as an error; here they are expected events, told by the lane group's own log. */
export function logInto(log: KafkaLog): (entry: KafkajsLogEntry) => void {
  return ({ namespace, level, log: { message, ...fields } }) => {
    if (level > 2) return;
    log({ level: "debug", message, fields: { kafkajs: namespace, ...fields } });
  };
}

function inAnyOrder<T>(all: readonly T[]): T[] {
  return all
    .map((value) => ({ value, at: Math.random() }))
    .sort((a, b) => a.at - b.at)
    .map(({ value }) => value);
}
