/** The parts of kafkajs 2.2.4 that are not its public interface and that this folder uses; test/kafka/internals.test.ts pins them. */
declare module "kafkajs/src/cluster" {
  import type { Broker, ClusterOptions, Connection, PartitionMetadata } from "kafkajs-internals";
  class Cluster {
    constructor(options: ClusterOptions);
    /** Makes the two connections to each broker. */
    connectionPoolBuilder: { build(destination?: object): Promise<{ pool: Connection[] }> };
    brokerPool: {
      brokers: Record<string, Broker>;
      /** The one that tells where the others are. */
      seedBroker?: Broker;
      findConnectedBroker(): Promise<Broker>;
    };
    connect(): Promise<void>;
    disconnect(): Promise<void>;
    addMultipleTargetTopics(topics: string[]): Promise<void>;
    refreshMetadata(): Promise<void>;
    findTopicPartitionMetadata(topic: string): PartitionMetadata[];
    findBroker(options: { nodeId: string }): Promise<Broker>;
  }
  export = Cluster;
}

declare module "kafkajs/src/loggers" {
  export function createLogger(options: { level: number; logCreator: () => (entry: KafkajsLogEntry) => void }): object;
  export interface KafkajsLogEntry {
    namespace: string;
    level: number;
    label: string;
    log: { message: string } & Record<string, unknown>;
  }
}

declare module "kafkajs/src/protocol/error" {
  export function createErrorFromCode(code: number): Error & { type: string; code: number };
}

declare module "kafkajs-internals" {
  import type { Socket } from "node:net";

  export interface ClusterOptions {
    logger: object;
    socketFactory: (options: SocketOptions) => Socket;
    brokers: string[];
    ssl?: object;
    sasl?: object;
    clientId: string;
    connectionTimeout: number;
    authenticationTimeout: number;
    requestTimeout: number;
    enforceRequestTimeout: boolean;
    metadataMaxAge: number;
    retry: { initialRetryTime: number; maxRetryTime: number; retries: number };
    allowAutoTopicCreation: boolean;
    maxInFlightRequests: number | null;
    isolationLevel: number;
  }

  export interface SocketOptions {
    host: string;
    port: number;
    ssl?: object;
    onConnect: () => void;
  }

  export interface PartitionMetadata {
    partitionId: number;
    leader: number;
    isr: number[];
    replicas: number[];
  }

  /** A request with the bytes that `encode` returns as its body. `buf` and `buffer` are the same bytes. */
  export interface Encodable {
    apiKey: number;
    apiVersion: number;
    apiName: string;
    encode(): Promise<{ buf: Buffer; buffer: Buffer; size(): number }>;
  }

  export interface ProtocolRequest<Answer> {
    request: Encodable;
    response: { decode(bytes: Buffer): Promise<Answer>; parse(answer: Answer): Promise<Answer> };
    requestTimeout?: number;
    logResponseError?: boolean;
  }

  export interface Connection {
    readonly host: string;
    readonly port: number;
    socket: Socket;
    /** Milliseconds; read at each connect. */
    connectionTimeout: number;
    requestQueue: {
      /** Requests that have not been answered; `sentAt` by Date.now(). */
      inflight: Map<number, { sentAt: number | null; entry: { apiKey: number } }>;
      /** Milliseconds; read when a request is sent. */
      requestTimeout: number;
    };
    connect(): Promise<boolean>;
    send<Answer>(request: ProtocolRequest<Answer>): Promise<Answer>;
  }

  export interface Broker {
    nodeId: string | number;
    isConnected(): boolean;
    connectionPool: {
      host: string;
      port: number;
      /** The first for all requests but fetches, which have the second. */
      pool: Connection[];
      send<Answer>(request: ProtocolRequest<Answer>): Promise<Answer>;
    };
    findGroupCoordinator(options: {
      groupId: string;
      coordinatorType: number;
    }): Promise<{ coordinator: { nodeId: number } }>;
    initProducerId(options: {
      transactionalId: string;
      transactionTimeout: number;
    }): Promise<{ producerId: string; producerEpoch: number }>;
    addPartitionsToTxn(options: {
      transactionalId: string;
      producerId: string;
      producerEpoch: number;
      topics: { topic: string; partitions: number[] }[];
    }): Promise<unknown>;
    joinGroup(options: {
      groupId: string;
      memberId: string;
      sessionTimeout: number;
      rebalanceTimeout: number;
      groupProtocols: { name: string; metadata: Buffer }[];
    }): Promise<{
      generationId: number;
      leaderId: string;
      memberId: string;
      members: { memberId: string; memberMetadata: Buffer }[];
    }>;
    syncGroup(options: {
      groupId: string;
      generationId: number;
      memberId: string;
      groupAssignment: { memberId: string; memberAssignment: Buffer }[];
    }): Promise<{ memberAssignment: Buffer }>;
    heartbeat(options: { groupId: string; groupGenerationId: number; memberId: string }): Promise<unknown>;
    leaveGroup(options: { groupId: string; memberId: string }): Promise<unknown>;
    listOffsets(options: {
      replicaId: number;
      isolationLevel: number;
      topics: { topic: string; partitions: { partition: number; timestamp: number }[] }[];
    }): Promise<{ responses: { topic: string; partitions: { partition: number; offset: string }[] }[] }>;
  }
}
