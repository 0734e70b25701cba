import { Kafka, logLevel, type Consumer, type PartitionAssigner } from "kafkajs";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";
import { clientOptions, connectionTimeoutMs, logInto, type KafkaLog } from "./connection";
import { Sockets } from "./sockets";

export interface GroupConsumerArgs {
  endpoint: StreamEndpoint;
  groupId: string;
  clientId: string;
  sessionMs: number;
  assigner: PartitionAssigner;
  log: KafkaLog;
  onHeartbeat: () => void;
  /** Told the partitions of the endpoint's topic, at each join. */
  onJoin: (partitions: number[]) => void;
  onCrash: (error: Error, restart: boolean) => void;
}

/**
 * kafkajs heartbeats to the coordinator it joined at until these are used up, then crashes, starts anew and looks for the
 * coordinator again: few, so that a dead or frozen one is left soon.
 */
const rejoinRetries = { initialRetryTime: 50, maxRetryTime: 500, retries: 5 };

/** How long a request of a member may take, joins aside, milliseconds. */
export const memberRequestTimeoutMs = 3000;

/**
 * One life of a kafkajs consumer that only joins and heartbeats: every partition is paused before its first fetch, and no
 * position is ever stored. It can be given up at any moment, whatever kafkajs is waiting for.
 */
export class GroupConsumer {
  private readonly consumer: Consumer;
  private readonly sockets: Sockets;
  private givenUp = false;

  constructor(private readonly args: GroupConsumerArgs) {
    const { endpoint, sessionMs } = args;
    const heartbeatInterval = Math.floor(sessionMs / 5);
    // The first request on a connection may be a join, which waits for the other members.
    this.sockets = new Sockets(connectionTimeoutMs + sessionMs);
    const kafka = new Kafka({
      ...clientOptions(endpoint),
      // Where sessions are short brokers are near, and a dead one must not hold up the way to the next.
      connectionTimeout: Math.min(connectionTimeoutMs, Math.max(2000, sessionMs)),
      requestTimeout: memberRequestTimeoutMs,
      socketFactory: this.sockets.factory,
      clientId: args.clientId,
      logLevel: logLevel.WARN,
      logCreator: () => logInto(args.log),
    });
    this.consumer = kafka.consumer({
      groupId: args.groupId,
      partitionAssigners: [args.assigner],
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      heartbeatInterval,
      // The loop that heartbeats turns once in this time.
      maxWaitTimeInMs: Math.min(150, heartbeatInterval),
      allowAutoTopicCreation: false,
      retry: { ...rejoinRetries, restartOnFailure: async () => !this.givenUp },
    });
  }

  /** Resolves once it runs; it joins after that. */
  async start(): Promise<void> {
    const { endpoint, onHeartbeat, onJoin, onCrash } = this.args;
    const { HEARTBEAT, GROUP_JOIN, CRASH } = this.consumer.events;
    this.consumer.on(HEARTBEAT, () => {
      if (!this.givenUp) onHeartbeat();
    });
    this.consumer.on(GROUP_JOIN, ({ payload }) => {
      if (this.givenUp) return;
      this.consumer.pause([{ topic: endpoint.topic }]);
      onJoin(payload.memberAssignment[endpoint.topic] ?? []);
    });
    this.consumer.on(CRASH, ({ payload: { error, restart } }) => {
      if (!this.givenUp) onCrash(error, restart);
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [endpoint.topic] });
    await this.consumer.run({ autoCommit: false, eachBatch: async () => undefined });
  }

  /** Leaves the group. May never end: kafkajs waits for answers that a dead broker owes it. */
  async leave(): Promise<void> {
    await this.consumer.disconnect().catch(() => undefined);
  }

  /** Is heard of no more, by the group neither: its connections are cut and it gets no new ones. */
  giveUp(): void {
    this.givenUp = true;
    this.sockets.close();
    void this.leave();
  }
}
