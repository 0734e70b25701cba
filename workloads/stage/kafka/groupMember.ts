import { AssignerProtocol, type PartitionAssigner } from "kafkajs";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";
import { messageOf } from "../../../core/errors";
import { assignLaneGroups, groupCount, lanesOf, type Member } from "../assigner";
import type { KafkaLog } from "./connection";
import { GroupConsumer, memberRequestTimeoutMs } from "./groupConsumer";

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
/** How long leaving may take; after that the session ends by itself. */
const leaveMs = 5000;

/** How often its silence is looked at. */
const lookMs = 500;
/** A group that does not answer is asked anew at longer and longer intervals, up to this. */
const longestPatienceMs = 60_000;

/**
 * Membership of a consumer group and nothing else. kafkajs' consumer joins, heartbeats and tells what is assigned; where the
 * group does not answer it is given up for a new one. By itself it tries a coordinator whose host lost its power for half a
 * minute, and was seen not to come back at all.
 */
export class GroupMember {
  private consumer: GroupConsumer;
  private owned: number[] = [];
  private joins = 0;
  private heartbeats = 0;
  private lastSign = performance.now();
  private consumerSince = performance.now();
  private patienceMs: number;
  private watch: NodeJS.Timeout | undefined;
  private joined = false;
  private left = false;
  private readonly listeners = new Set<() => void>();

  constructor(private readonly args: GroupMemberArgs) {
    this.patienceMs = this.firstPatienceMs;
    this.consumer = this.newConsumer();
  }

  /** Joins; assignments are told from then on. */
  async start(): Promise<void> {
    await this.consumer.start();
    this.consumerSince = performance.now();
    if (!this.left) this.watch = setInterval(() => this.renewIfSilent(), lookMs);
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
    this.left = true;
    clearInterval(this.watch);
    this.joined = false;
    await Promise.race([this.consumer.leave(), new Promise((resolve) => setTimeout(resolve, leaveMs).unref())]);
  }

  private newConsumer(): GroupConsumer {
    return new GroupConsumer({
      ...this.args,
      assigner: this.assigner,
      onHeartbeat: () => {
        this.heartbeats++;
        this.signOfLife();
      },
      onJoin: (partitions) => this.onJoin(partitions),
      onCrash: (error, restart) => {
        this.joined = false;
        const message = this.warn(messageOf(error), { restart });
        if (!restart) this.args.onLost(message);
      },
    });
  }

  /** A session, in which the other members may hold a join up, and one request that is lost. */
  private get firstPatienceMs(): number {
    return this.args.sessionMs + memberRequestTimeoutMs;
  }

  private renewIfSilent(): void {
    const now = performance.now();
    const silentMs = now - Math.max(this.lastSign, this.consumerSince);
    if (silentMs < this.patienceMs) return;
    this.warn(`no answer for ${Math.round(silentMs)} ms, asking anew`);
    this.joined = false;
    this.consumerSince = now;
    this.patienceMs = Math.min(longestPatienceMs, this.patienceMs * 2);
    this.consumer.giveUp();
    const consumer = this.newConsumer();
    this.consumer = consumer;
    // Not the end: it is given up in its turn.
    consumer.start().catch((error: unknown) => {
      if (consumer === this.consumer) this.warn(messageOf(error));
    });
  }

  private warn(what: string, fields: object = {}): string {
    const message = `membership of group ${this.args.groupId}: ${what}`;
    this.args.log({ level: "warn", message, fields });
    return message;
  }

  private onJoin(partitions: number[]): void {
    this.joins++;
    this.joined = true;
    this.owned = [...new Set(partitions.map((partition) => partition % this.args.laneGroups))].sort((a, b) => a - b);
    this.signOfLife();
    this.args.onAssigned(this.owned);
  }

  private signOfLife(): void {
    this.lastSign = performance.now();
    this.patienceMs = this.firstPatienceMs;
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
