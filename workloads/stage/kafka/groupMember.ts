import { AssignerProtocol, Kafka, logLevel, type Consumer, type PartitionAssigner } from "kafkajs";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";
import { messageOf } from "../../../core/errors";
import { assignLaneGroups, groupCount, lanesOf, type Member } from "../assigner";
import { clientOptions, connectionTimeoutMs, logInto, type KafkaLog } from "./connection";
import { Sockets } from "./sockets";

export interface GroupMemberArgs {
  /** Where the group lives, and the topic whose partitions stand for the lanes. */
  endpoint: StreamEndpoint;
  groupId: string;
  clientId: string;
  laneGroups: number;
  generation: number;
  place: string;
  /** Without a heartbeat for this long the member is out. */
  sessionMs: number;
  log: KafkaLog;
  /** The lane groups that this member has from now on. */
  onAssigned: (groups: number[]) => void;
  /** The membership ended and will not come back. */
  onLost: (reason: string) => void;
}

/** One name for all members, or they could not agree. */
const protocolName = "iotef-lane-groups";
/**
 * kafkajs heartbeats to the coordinator it joined at until these are used up, then crashes, starts anew and looks for the
 * coordinator again: few, so that a dead or frozen one is left soon.
 */
const rejoinRetries = { initialRetryTime: 50, maxRetryTime: 500, retries: 5 };
const memberRequestTimeoutMs = 3000;
/** How long leaving may take; after that the session ends by itself. */
const leaveMs = 5000;

/**
 * Membership of a consumer group and nothing else: kafkajs' consumer joins, heartbeats and tells what is assigned, but every
 * partition is paused before its first fetch, and no position is ever stored.
 */
export class GroupMember {
  private readonly consumer: Consumer;
  private owned: number[] = [];
  private joins = 0;
  private heartbeats = 0;
  private lastSign = performance.now();
  private joined = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly args: GroupMemberArgs) {
    const heartbeatInterval = Math.floor(args.sessionMs / 5);
    // The first request on a connection may be a join, which waits for the other members.
    const sockets = new Sockets(connectionTimeoutMs + args.sessionMs);
    const kafka = new Kafka({
      ...clientOptions(args.endpoint),
      requestTimeout: memberRequestTimeoutMs,
      socketFactory: sockets.factory,
      clientId: args.clientId,
      logLevel: logLevel.WARN,
      logCreator: () => logInto(args.log),
    });
    this.consumer = kafka.consumer({
      groupId: args.groupId,
      partitionAssigners: [this.assigner],
      sessionTimeout: args.sessionMs,
      rebalanceTimeout: args.sessionMs,
      heartbeatInterval,
      // The loop that heartbeats turns once in this time.
      maxWaitTimeInMs: Math.min(150, heartbeatInterval),
      allowAutoTopicCreation: false,
      retry: { ...rejoinRetries, restartOnFailure: async () => true },
    });
  }

  /** Joins; assignments are told from then on. */
  async start(): Promise<void> {
    const { HEARTBEAT, GROUP_JOIN, CRASH } = this.consumer.events;
    this.consumer.on(HEARTBEAT, () => {
      this.heartbeats++;
      this.signOfLife();
    });
    this.consumer.on(GROUP_JOIN, ({ payload }) =>
      this.onJoin(payload.memberAssignment[this.args.endpoint.topic] ?? []),
    );
    this.consumer.on(CRASH, ({ payload: { error, restart } }) => {
      this.joined = false;
      const message = `membership of group ${this.args.groupId}: ${messageOf(error)}`;
      this.args.log({ level: "warn", message, fields: { restart } });
      if (!restart) this.args.onLost(message);
    });
    await this.consumer.connect();
    await this.consumer.subscribe({ topics: [this.args.endpoint.topic] });
    await this.consumer.run({ autoCommit: false, eachBatch: async () => undefined });
  }

  /** Whether the group counts this replica in. */
  get isMember(): boolean {
    return this.joined;
  }

  /** Seconds since the group last answered. */
  get silence(): number {
    return (performance.now() - this.lastSign) / 1000;
  }

  /** Resolves at the next join, or at the second heartbeat that is answered from now on: only a member in good standing goes on. */
  async proof(): Promise<void> {
    const [joins, heartbeats] = [this.joins, this.heartbeats];
    await this.untilSign(() => this.joins > joins || this.heartbeats >= heartbeats + 2);
  }

  async nextJoin(): Promise<void> {
    const joins = this.joins;
    await this.untilSign(() => this.joins > joins);
  }

  /** Leaves the group, so that the others need not wait for the session to end. */
  async leave(): Promise<void> {
    this.joined = false;
    const left = this.consumer.disconnect().catch(() => undefined);
    await Promise.race([left, new Promise((resolve) => setTimeout(resolve, leaveMs).unref())]);
  }

  private onJoin(partitions: number[]): void {
    this.consumer.pause([{ topic: this.args.endpoint.topic }]);
    this.joins++;
    this.joined = true;
    this.owned = [...new Set(partitions.map((partition) => partition % this.args.laneGroups))].sort((a, b) => a - b);
    this.signOfLife();
    this.args.onAssigned(this.owned);
  }

  private signOfLife(): void {
    this.lastSign = performance.now();
    for (const listener of [...this.listeners]) listener();
  }

  private untilSign(condition: () => boolean): Promise<void> {
    return new Promise((resolve) => {
      const listener = () => {
        if (!condition()) return;
        this.listeners.delete(listener);
        resolve();
      };
      this.listeners.add(listener);
    });
  }

  private readonly assigner: PartitionAssigner = () => ({
    name: protocolName,
    version: 1,
    protocol: ({ topics }) => ({
      name: protocolName,
      metadata: AssignerProtocol.MemberMetadata.encode({
        version: 1,
        topics,
        userData: Buffer.from(JSON.stringify(this.describe())),
      }),
    }),
    assign: async ({ members }) => {
      const described = members.map(({ memberId, memberMetadata }): Described => {
        const { userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata)!;
        return { id: memberId, ...(JSON.parse(userData.toString("utf8")) as Omit<Described, "id">) };
      });
      // The leader may be of an older placement with another mapping: what the newest says counts.
      const { laneGroups, lanes } = described.reduce((a, b) => (b.generation > a.generation ? b : a));
      const groups = assignLaneGroups(described, groupCount(laneGroups, lanes));
      return members.map(({ memberId }) => {
        const partitions = groups.get(memberId)!.flatMap((group) => lanesOf(group, laneGroups, lanes));
        const assignment = { [this.args.endpoint.topic]: partitions };
        return {
          memberId,
          memberAssignment: AssignerProtocol.MemberAssignment.encode({
            version: 1,
            assignment,
            userData: Buffer.alloc(0),
          }),
        };
      });
    },
  });

  private describe(): Omit<Described, "id"> {
    const { generation, place, laneGroups, endpoint } = this.args;
    return { generation, owned: this.owned, place, laneGroups, lanes: endpoint.partitions };
  }
}

/** What a member tells the group's leader when it joins. */
interface Described extends Member {
  place: string;
  laneGroups: number;
  lanes: number;
}
