import fc from "fast-check";
import type { CommitFault } from "../support/stageProcess";

export type Side = "source" | "destination";

/** One disturbance of a round. Times are milliseconds. */
export type Fault =
  /** kill -9; the replica is started again, as Kubernetes does. */
  | { kind: "stage-killed"; replica: number }
  /** SIGSTOP, then SIGCONT: it wakes up as an owner of the past when it slept longer than its session. */
  | { kind: "stage-frozen"; replica: number; forMs: number }
  | { kind: "replica-added" }
  /** SIGTERM, which drains. The last replica stays. */
  | { kind: "replica-removed"; replica: number }
  /** A newer generation at the other place; the old replicas go as `old` says, or are cut off from the group's sight first. */
  | { kind: "stage-moved"; old: "drained" | "killed" | "frozen" }
  /** A newer generation with another number of lane groups. */
  | { kind: "lanes-regrouped"; laneGroups: number }
  /** kill -9 of a broker (it is a controller too), and its start after a while. */
  | { kind: "broker-killed"; side: Side; broker: number; forMs: number }
  | { kind: "coordinator-killed"; forMs: number }
  | { kind: "broker-frozen"; side: Side; broker: number; forMs: number }
  /** Between the stages and one broker, or all of a cluster. `closed`: refused; `silent`: nothing passes; `reset`: by RST. */
  | { kind: "link-cut"; side: Side; broker: number | "all"; how: "closed" | "silent" | "reset"; forMs: number }
  | { kind: "link-delayed"; side: Side; delayMs: number; jitterMs: number; forMs: number }
  /** One broker's connections break again and again while the others' answers take longer: a request to several brokers fails at one with another under way. */
  | { kind: "link-flapping"; side: Side; broker: number; everyMs: number; delayMs: number; forMs: number };

/** What one round does; all of it follows from the seed. */
export interface Plan {
  seed: number;
  records: { count: number; bytes: number; perSecond: number };
  partitions: number;
  laneGroups: number;
  replicas: number;
  /** By replica (those added later go on in the list) and life of its process: the commit around which something happens. */
  commitFaults: { atCommit: number; fault: CommitFault }[][];
  /** In the order of their times. */
  faults: { atMs: number; fault: Fault }[];
}

export const brokersPerCluster = 3;
export const mostLaneGroups = 3;
/** Replicas of a round at the most, those of all generations counted. */
const mostReplicas = 12;
const livesWithFaults = 4;
/** Records keep coming for this long, and faults with them. */
const feedMs = 7000;

const side = fc.constantFrom<Side>("source", "destination");
const replica = fc.nat({ max: 9 });
const broker = fc.integer({ min: 1, max: brokersPerCluster });
const ms = (min: number, max: number) => fc.integer({ min, max });
const kind = <K extends string>(name: K) => fc.constant(name);

/** Stage faults come more often than those of brokers, of which a cluster bears one at a time. */
const fault: fc.Arbitrary<Fault> = fc.oneof(
  { weight: 3, arbitrary: fc.record({ kind: kind("stage-killed"), replica }) },
  { weight: 4, arbitrary: fc.record({ kind: kind("stage-frozen"), replica, forMs: ms(200, 4500) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("replica-added") }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("replica-removed"), replica }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("stage-moved"),
      old: fc.constantFrom<"drained" | "killed" | "frozen">("drained", "killed", "frozen", "frozen"),
    }),
  },
  { weight: 1, arbitrary: fc.record({ kind: kind("lanes-regrouped"), laneGroups: ms(1, mostLaneGroups) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("broker-killed"), side, broker, forMs: ms(0, 2000) }) },
  { weight: 1, arbitrary: fc.record({ kind: kind("coordinator-killed"), forMs: ms(0, 2000) }) },
  { weight: 2, arbitrary: fc.record({ kind: kind("broker-frozen"), side, broker, forMs: ms(300, 6000) }) },
  {
    weight: 3,
    arbitrary: fc.record({
      kind: kind("link-cut"),
      side,
      broker: fc.oneof(broker, fc.constant<"all">("all")),
      how: fc.constantFrom<"closed" | "silent" | "reset">("closed", "silent", "reset"),
      forMs: ms(100, 5000),
    }),
  },
  {
    weight: 1,
    arbitrary: fc.record({
      kind: kind("link-delayed"),
      side,
      delayMs: ms(5, 150),
      jitterMs: ms(0, 50),
      forMs: ms(500, 5000),
    }),
  },
  {
    weight: 2,
    arbitrary: fc.record({
      kind: kind("link-flapping"),
      side,
      broker,
      everyMs: ms(100, 600),
      delayMs: ms(20, 150),
      forMs: ms(500, 4000),
    }),
  },
);

const commitFault = fc.record({
  atCommit: ms(1, 12),
  fault: fc.constantFrom<CommitFault>("before", "after", "lost"),
});

const plan: fc.Arbitrary<Omit<Plan, "seed">> = fc.record({
  records: fc
    .constantFrom({ bytes: 1_000, perSecond: 300 }, { bytes: 1_000, perSecond: 60 }, { bytes: 87_000, perSecond: 30 })
    .map(({ bytes, perSecond }) => ({ bytes, perSecond, count: (perSecond * feedMs) / 1000 })),
  partitions: fc.integer({ min: 2, max: 5 }),
  laneGroups: fc.integer({ min: 1, max: mostLaneGroups }),
  replicas: fc.integer({ min: 1, max: 3 }),
  commitFaults: fc.array(fc.array(commitFault, { maxLength: livesWithFaults }), {
    minLength: mostReplicas,
    maxLength: mostReplicas,
  }),
  faults: fc
    .array(fc.record({ atMs: ms(300, feedMs), fault }), { minLength: 4, maxLength: 8 })
    .map((faults) => faults.sort((a, b) => a.atMs - b.atMs)),
});

/** The round of a seed: the same for the same seed, as long as this file does not change. */
export function planRound(seed: number): Plan {
  return { seed, ...fc.sample(plan, { seed, numRuns: 1 })[0]! };
}
