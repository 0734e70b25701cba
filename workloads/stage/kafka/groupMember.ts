import { setTimeout as sleep } from "node:timers/promises";
import { AssignerProtocol } from "kafkajs";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";
import { Blocked } from "../blocked";
import { assignLaneGroups, findEligible, groupCount, lanesOf, type Member } from "../assigner";
import { ClusterConnection, type KafkaLog } from "./connection";
import { describeFailure, kindOf, loginError } from "./failure";
import type { Broker } from "./internals";

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
  /** The lane groups that this member has from now on, and whether all members among which they were shared are last resorts. */
  onAssigned: (groups: number[], nobodyElse: boolean) => void;
  /** Those of them that it has begun to fence and does not run yet. */
  taking: () => number[];
  /** Whether it can do nothing with the lane groups that it has, so that another member should try. */
  isStuck: () => boolean;
  /** It was stuck, and has left the group. */
  onGaveUp: () => void;
  /** Whether it could not lately, so that the others should keep them. */
  isLastResort: () => boolean;
  /** Whether it says so still, and runs some again. */
  runsAgain: () => boolean;
  /** The membership ended and will not come back. */
  onLost: (reason: string) => void;
}

/** One name for all members, or they could not agree. */
const protocolName = "iotef-lane-groups";
/** How long leaving may take; after that the session ends by itself. */
const leaveMs = 5000;
/** How long a request may take, joins aside: they wait for the other members. */
const memberRequestTimeoutMs = 3000;
/** So many that a session can be short and yet bear a replica that stands still for three quarters of it. */
const heartbeatsInSession = 12;
/** Longest pause between two heartbeats, by which a member also learns that the group is to join anew: a takeover waits for it. */
const mostHeartbeatMs = 500;
/** Between two tries to reach the group; and away from it, while the others share what this member could do nothing with. */
const pauseMs = { first: 50, longest: 2000, aside: 3000 };

/** The group goes on: the member joins it again, as itself or, where the group has forgotten it, as a new one. */
const rejoinErrors = new Set(["REBALANCE_IN_PROGRESS", "ILLEGAL_GENERATION", "UNKNOWN_MEMBER_ID"]);
/** Another try would end the same. */
const finalErrors = new Set(["INCONSISTENT_GROUP_PROTOCOL", "INVALID_SESSION_TIMEOUT"]);
/** The brokers work, and refuse: a right that is given is noticed at one of the next tries. */
const deniedErrors = new Set(["GROUP_AUTHORIZATION_FAILED", "TOPIC_AUTHORIZATION_FAILED"]);

/** A wrong password cannot be told from a connection that broke, and a secret that was rotated is right at one of the next tries. */
const loginHint =
  ", trying anew: the login was refused, or its connection broke; where it goes on, the user or the password is not the broker's";

/**
 * Membership of a consumer group and nothing else: it joins, heartbeats, and tells what is assigned. On requests of its own,
 * because kafkajs' consumer heartbeats in the loop that fetches: after each join it asks the leaders of its partitions for
 * positions, paused or not, and while it waited for one that had died with its host the others took the member for dead, too.
 * It also tried a dead coordinator for half a minute. Here a request that is not answered ends the connection, and the
 * coordinator is looked for anew.
 */
export class GroupMember {
  private owned: number[] = [];
  /** It joined with groups that it was taking, and so may have kept more than its share. */
  private unshared = false;
  /** It joined as a last resort, and so may have been given less than it can run. */
  private joinedAsLastResort = false;
  private joins = 0;
  private heartbeats = 0;
  private lastSign = performance.now();
  private memberId = "";
  private joined = false;
  private lastTrouble: string | undefined;
  private readonly left = new AbortController();
  private membership = Promise.resolve();
  private readonly listeners = new Set<() => void>();

  constructor(private readonly args: GroupMemberArgs) {}

  /** Joins, and stays in until it is told to leave; assignments are told from then on. */
  start(): void {
    this.membership = this.stayIn();
  }

  /** Whether the group counts this replica in. */
  get isMember(): boolean {
    return this.joined;
  }

  /** Whether the others have the lane groups because it could not run them. */
  get isLastResort(): boolean {
    return this.joined && this.joinedAsLastResort;
  }

  /** Why it is no member at the moment, as far as that is known. */
  get trouble(): string | undefined {
    return this.joined ? undefined : this.lastTrouble;
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
    this.left.abort();
    this.joined = false;
    await Promise.race([this.membership, sleep(leaveMs, undefined, { ref: false })]);
  }

  private async stayIn(): Promise<void> {
    const { endpoint, clientId, log, onLost } = this.args;
    let pause = pauseMs.first;
    while (!this.left.signal.aborted) {
      const joins = this.joins;
      let connection: ClusterConnection | undefined;
      try {
        connection = await ClusterConnection.open(endpoint, [endpoint.topic], clientId, log, memberRequestTimeoutMs);
        await this.serve(await connection.groupCoordinatorOf(this.args.groupId));
      } catch (error) {
        if (this.left.signal.aborted) return;
        this.joined = false;
        const { type } = kindOf(error);
        // They have answered: a restart would mend nothing.
        if (error instanceof Blocked || deniedErrors.has(type)) this.signOfLife();
        const final = finalErrors.has(type);
        const message = this.warn(
          `${describeFailure(error)}${final ? "" : type === loginError ? loginHint : ", asking anew"}`,
        );
        if (final) return onLost(message);
      } finally {
        await connection?.close();
      }
      pause = this.joins > joins ? pauseMs.first : Math.min(pause * 2, pauseMs.longest);
      await this.rest(pause);
    }
  }

  /** Joins again and again, as long as the coordinator answers and until it is to leave, or to let others try. */
  private async serve(coordinator: Broker): Promise<void> {
    while (!this.left.signal.aborted && !this.args.isStuck()) {
      try {
        await this.heartbeat(coordinator, await this.join(coordinator));
      } catch (error) {
        const { type } = kindOf(error);
        if (!rejoinErrors.has(type)) throw error;
        if (type === "UNKNOWN_MEMBER_ID") this.memberId = "";
      }
    }
    await this.resign(coordinator);
    if (!this.left.signal.aborted) await this.standAside();
  }

  /** One that the group has forgotten is out of it already. */
  private async resign(coordinator: Broker): Promise<void> {
    const { groupId } = this.args;
    await coordinator.leaveGroup({ groupId, memberId: this.memberId }).catch((error: unknown) => {
      if (kindOf(error).type !== "UNKNOWN_MEMBER_ID") throw error;
    });
  }

  /** Out of the group for long enough that others have the lane groups, which they keep when it comes back as a last resort. */
  private async standAside(): Promise<void> {
    this.joined = false;
    this.memberId = "";
    this.warn(`lane groups ${this.owned.join(", ")} could not be run here: left, so that another copy may try`);
    this.owned = [];
    this.args.onGaveUp();
    await this.rest(pauseMs.aside);
  }

  /** @returns the generation of the group that it is a member of */
  private async join(coordinator: Broker): Promise<number> {
    const { groupId, sessionMs, endpoint } = this.args;
    const isLastResort = this.args.isLastResort();
    const group = await coordinator.joinGroup({
      groupId,
      memberId: this.memberId,
      sessionTimeout: sessionMs,
      rebalanceTimeout: sessionMs,
      groupProtocols: [{ name: protocolName, metadata: this.describe(isLastResort) }],
    });
    this.memberId = group.memberId;
    const { memberAssignment } = await coordinator.syncGroup({
      groupId,
      generationId: group.generationId,
      memberId: group.memberId,
      groupAssignment: group.leaderId === group.memberId ? this.assign(group.members) : [],
    });
    const decoded = AssignerProtocol.MemberAssignment.decode(memberAssignment);
    this.joinedAsLastResort = isLastResort;
    const lanes = decoded?.assignment[endpoint.topic] ?? [];
    // A leader of an earlier version tells nothing: a last resort that is given some knows that all are.
    const { nobodyElse } = parseNote(decoded?.userData) ?? { nobodyElse: isLastResort && lanes.length > 0 };
    this.onJoin(lanes, nobodyElse);
    return group.generationId;
  }

  /**
   * Until it is to leave or can do nothing, has more to share than when it joined or can take more, or the group wants its members to
   * join anew or does not answer.
   * @throws what ended it, in the last two cases
   */
  private async heartbeat(coordinator: Broker, groupGenerationId: number): Promise<void> {
    const { groupId, sessionMs } = this.args;
    const { memberId } = this;
    for (;;) {
      await this.rest(Math.min(sessionMs / heartbeatsInSession, mostHeartbeatMs));
      if (this.left.signal.aborted || this.args.isStuck()) return;
      if (this.unshared && this.args.taking().length === 0) return;
      if (this.joinedAsLastResort && !this.args.isLastResort()) return;
      await coordinator.heartbeat({ groupId, groupGenerationId, memberId });
      this.heartbeats++;
      this.signOfLife();
    }
  }

  /** For so long, or until it is to leave. */
  private async rest(ms: number): Promise<void> {
    await sleep(ms, undefined, { signal: this.left.signal }).catch(() => undefined);
  }

  private warn(what: string): string {
    const message = `membership of group ${this.args.groupId}: ${what}`;
    this.lastTrouble = what;
    this.args.log({ level: "warn", message, fields: {} });
    return message;
  }

  private onJoin(lanes: number[], nobodyElse: boolean): void {
    if (this.left.signal.aborted) return;
    this.joins++;
    this.joined = true;
    this.owned = [...new Set(lanes.map((lane) => lane % this.args.laneGroups))].sort((a, b) => a - b);
    this.signOfLife();
    this.args.onAssigned(this.owned, nobodyElse);
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

  /** What it tells the group's leader. */
  private describe(isLastResort: boolean): Buffer {
    const { generation, place, laneGroups, endpoint } = this.args;
    const taking = this.args.taking();
    this.unshared = taking.length > 0 && this.owned.length > 1;
    const described: Omit<Described, "id"> = {
      generation,
      owned: this.owned,
      taking,
      isLastResort,
      runsAgain: this.args.runsAgain(),
      place,
      laneGroups,
      lanes: endpoint.partitions,
    };
    return AssignerProtocol.MemberMetadata.encode({
      version: 1,
      topics: [endpoint.topic],
      userData: Buffer.from(JSON.stringify(described)),
    });
  }

  /** The leader's part: who gets which lanes. */
  private assign(members: readonly { memberId: string; memberMetadata: Buffer }[]) {
    const described = members.map(({ memberId, memberMetadata }): Described => {
      const { userData } = AssignerProtocol.MemberMetadata.decode(memberMetadata)!;
      return { id: memberId, ...(JSON.parse(userData.toString("utf8")) as Omit<Described, "id">) };
    });
    // The leader may be of an older placement with another mapping: what the newest says counts.
    const { laneGroups, lanes } = described.reduce((a, b) => (b.generation > a.generation ? b : a));
    const groups = assignLaneGroups(described, groupCount(laneGroups, lanes));
    const note: Note = { nobodyElse: findEligible(described).areLastResorts };
    return members.map(({ memberId }) => ({
      memberId,
      memberAssignment: AssignerProtocol.MemberAssignment.encode({
        version: 1,
        assignment: {
          [this.args.endpoint.topic]: groups.get(memberId)!.flatMap((group) => lanesOf(group, laneGroups, lanes)),
        },
        userData: Buffer.from(JSON.stringify(note)),
      }),
    }));
  }
}

/** What the group's leader tells each member with its lanes. */
interface Note {
  nobodyElse: boolean;
}

function parseNote(userData: Buffer | undefined): Note | undefined {
  return userData === undefined || userData.length === 0 ? undefined : (JSON.parse(userData.toString("utf8")) as Note);
}

/** What a member tells the group's leader when it joins. */
interface Described extends Member {
  place: string;
  laneGroups: number;
  lanes: number;
}
