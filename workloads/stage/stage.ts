import { randomUUID } from "node:crypto";
import { setTimeout as sleep } from "node:timers/promises";
import type { Logger } from "pino";
import type { StageConfig } from "../../core/contract/stageConfig";
import { stageGroup } from "../../core/naming";
import { Ability } from "./ability";
import { lanesOf } from "./assigner";
import type { AtWork } from "./atWork";
import type { BlockedLanes } from "./blocked";
import type { StageStatus } from "./health";
import { ClusterConnection } from "./kafka/connection";
import { GroupMember } from "./kafka/groupMember";
import { topicIdOf } from "./kafka/topicId";
import { LaneGroup } from "./laneGroup";
import { kafkaLogInto } from "./log";
import type { StageMetrics } from "./metrics";
import { isDeviceSource, type ProcessModule, type StageContext } from "./processor";
import { DeviceLanes, deviceClusterId } from "./sources/deviceSource";
import type { LaneSource } from "./sources/laneSource";
import { StreamLanes } from "./sources/streamSource";
import type { StepMaker } from "./steps";

/**
 * How long the other owners' lanes wait at the end for those that are not done. In it one request is answered that is answered at all
 * (5 s), and of the 20 s after which the copy is killed (components/stage/renderStagePod.ts) enough is left to leave and to end.
 */
const drainMs = 5000;
/** Lanes of a dead replica move within 1.5 s, those of one that stands still for 1 s stay: it heartbeats twelve times in it. */
const defaultSessionMs = 1300;

export interface StageArgs {
  config: StageConfig;
  module: ProcessModule;
  /** As the module's schema parsed them. */
  options: Record<string, unknown>;
  log: Logger;
  metrics: StageMetrics;
  /** The replica cannot go on and should be started anew. */
  onLost: (reason: string) => void;
}

/** One replica of a stage: a member of the stage's group, and an owner for each lane group that it is given. */
export class Stage {
  private readonly member: GroupMember;
  private readonly groups = new Map<number, LaneGroup>();
  /** Assigned to others, and running until these fence them or ending already. */
  private readonly handedOver = new Set<LaneGroup>();
  private readonly clientId: string;
  private readonly ability = new Ability();
  private stopping = false;

  constructor(private readonly args: StageArgs) {
    const { config, log } = args;
    this.clientId = `${config.pipeline}.${config.stage}.${config.place}.${randomUUID().slice(0, 8)}`;
    this.member = new GroupMember({
      ...config,
      endpoint: config.from ?? config.to,
      groupId: stageGroup(config.pipeline, config.stage),
      clientId: this.clientId,
      sessionMs: config.timing?.sessionMs ?? defaultSessionMs,
      log: kafkaLogInto(log),
      onAssigned: (groups, nobodyElse) => {
        this.ability.assigned(nobodyElse);
        this.assign(groups);
      },
      onGaveUp: () => {
        this.ability.gaveUp();
        this.assign([]);
      },
      taking: () => this.taking,
      // One that is taking a lane group has reached both ends.
      isStuck: () => this.taking.length === 0 && this.ability.isStuck(this.groups.values()),
      isLastResort: () => this.ability.isLastResort,
      runsAgain: () => this.ability.runsAgain,
      onLost: args.onLost,
    });
  }

  start(): void {
    this.member.start();
  }

  get status(): StageStatus {
    const groups = [...this.groups].map(([group, { lifecycle, blocked, atWork }]) => ({
      group,
      state: lifecycle.state,
      reason: lifecycle.reason,
      blocked,
      atWork,
    }));
    const { isMember, trouble, silence, isLastResort } = this.member;
    return { isMember, trouble, silence, stopping: this.stopping, isLastResort, groups };
  }

  /**
   * One of each lane group: the one that has it, else the one that it was handed over by, which goes on until it is fenced or
   * has yet to end.
   */
  get owners(): Iterable<LaneGroup> {
    return new Map([...this.handedOver, ...this.groups.values()].map((owner) => [owner.group, owner])).values();
  }

  /**
   * Ends what is under way, then leaves the group: whoever takes over finds everything settled. What takes too long, as a broker does
   * not answer, goes on while the group is left: until then nobody is given the lanes that are free. The next owner fences it.
   */
  async stop(): Promise<void> {
    this.stopping = true;
    const owners = [...this.groups.values(), ...this.handedOver];
    const ended = Promise.all(owners.map((owner) => owner.stop()));
    await Promise.race([ended, sleep(drainMs, undefined, { ref: false })]);
    const groups = owners.filter(({ lifecycle }) => lifecycle.state !== "stopped").map(({ group }) => group);
    if (groups.length > 0) this.args.log.warn({ groups }, "leaving the group before these lane groups have ended");
    await Promise.all([ended, this.member.leave()]);
  }

  /** Keeps what it has of the wanted groups, hands the others over, and takes the new ones. */
  private assign(wanted: number[]): void {
    if (this.stopping) return;
    this.args.log.info({ groups: wanted }, "lane groups assigned");
    for (const owner of [...this.groups.values()]) if (!wanted.includes(owner.group)) void this.handOver(owner);
    for (const group of wanted)
      if (!this.groups.has(group)) this.groups.set(group, this.takeBack(group) ?? this.own(group));
  }

  private get taking(): number[] {
    return [...this.groups.values()].filter(({ isTaking }) => isTaking).map(({ group }) => group);
  }

  private async handOver(owner: LaneGroup): Promise<void> {
    this.groups.delete(owner.group);
    this.handedOver.add(owner);
    // A device may have room for one reader only.
    await (isDeviceSource(this.args.module) ? owner.stop() : owner.handOver());
    this.handedOver.delete(owner);
  }

  private takeBack(group: number): LaneGroup | undefined {
    const owner = [...this.handedOver].find((each) => each.group === group && each.takeBack());
    if (owner !== undefined) this.handedOver.delete(owner);
    return owner;
  }

  private own(group: number): LaneGroup {
    const { config, metrics, log } = this.args;
    const lanes = lanesOf(group, config.laneGroups, (config.from ?? config.to).partitions);
    metrics.onOwned(group, lanes);
    return new LaneGroup({
      config,
      group,
      lanes,
      source: config.from ?? { clusterId: deviceClusterId, topic: config.stage },
      openSource: (working, blocked) => this.openSource(working, blocked),
      membership: this.member,
      kafkaLog: kafkaLogInto(log),
      clientId: this.clientId,
      events: {
        onState: (_group, from, to, reason) => {
          if (to === "running") this.ability.proved();
          metrics.onState(group, to);
          const level = to === "rebuilding" || to === "standing-down" || to === "blocked" ? "warn" : "info";
          log[level]({ group, from, to, reason }, `lane group ${group} is ${to}`);
        },
        onCommit: (_group, commit) => metrics.onCommit(commit),
        onBlocked: (_group, lane, reason) => {
          if (reason === undefined) log.info({ group, lane }, `lane ${lane} is no longer blocked`);
          else log.error({ group, lane, reason }, `lane ${lane} is blocked`);
        },
        onLoss: (_group, lane, records) => metrics.onLoss(lane, records),
      },
    });
  }

  private async openSource(working: AtWork, blocked: BlockedLanes): Promise<LaneSource> {
    const { config, module, options, log } = this.args;
    const context: Omit<StageContext, "signal"> = { ...config, options, log };
    const maker: StepMaker = { name: config, maxMessageBytes: config.to.maxMessageBytes };
    if (isDeviceSource(module)) return new DeviceLanes(module, context, maker);
    const endpoint = config.from!;
    const connection = await ClusterConnection.reach(endpoint, [endpoint.topic], this.clientId, kafkaLogInto(log));
    try {
      return new StreamLanes({
        endpoint,
        connection,
        topicId: await topicIdOf(connection, endpoint.topic),
        processor: module,
        context,
        maker,
        working,
        blocked,
        acceptLoss: config.acceptLoss ?? false,
      });
    } catch (error) {
      await connection.close();
      throw error;
    }
  }
}
