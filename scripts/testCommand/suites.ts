import type { Profile } from "../../lab/artifacts/tasks";

/** A part of the tests: one mocha run. */
export interface Suite {
  name: string;
  files: string;
  /** Artifacts that it wants; none where npm's packages are enough. */
  profile?: Profile;
  /** After so many minutes something hangs. Generous: two shared cores, nothing cached. */
  minutes: number;
  /** Begins without a lab and ends without one: a lab of this folder that is up goes first, else it would slow all suites down. */
  withoutLab?: boolean;
  /** Runs beside suites of other lanes, and after those of its own: together they keep two cores busy, alone they mostly wait. */
  lane?: "hosts" | "brokers";
  /** Runs only when it is named: it wants a lab that is up. */
  onlyNamed?: boolean;
}

/** In the order in which they begin: what needs little comes first, the whole lab last. */
export const suites: readonly Suite[] = [
  { name: "unit", files: "test/unit/**/*.test.ts", minutes: 15 },
  { name: "components", files: "test/components/**/*.test.ts", minutes: 15 },
  { name: "preview", files: "test/preview/**/*.test.ts", profile: "toolchain", minutes: 45, lane: "hosts" },
  { name: "rack", files: "test/e2e/rack*.test.ts", profile: "rack", minutes: 45, lane: "hosts" },
  { name: "etcd", files: "test/etcd/**/*.test.ts", profile: "etcd", minutes: 45, lane: "hosts" },
  { name: "kafka", files: "test/{kafka,chaos}/**/*.test.ts", profile: "faults", minutes: 60, lane: "brokers" },
  { name: "e2e", files: "test/e2e/mainJob.test.ts", profile: "lab", minutes: 70, withoutLab: true },
  { name: "restore", files: "test/e2e/restore.test.ts", minutes: 60, onlyNamed: true },
  { name: "table5", files: "test/e2e/table5.test.ts", minutes: 60, onlyNamed: true },
  { name: "cold-start", files: "test/e2e/coldStart.test.ts", minutes: 150, onlyNamed: true },
  { name: "day2", files: "test/e2e/day2*.test.ts", minutes: 170, onlyNamed: true },
];

/** What the artifacts of `chosen` are asked for by: made in one go, downloads beside compilations. */
export function profilesFor(chosen: readonly Suite[]): Profile[] {
  return [...new Set(chosen.flatMap(({ profile }) => (profile === undefined ? [] : [profile])))];
}

/** In which order `chosen` run: one step after the other, of each its lanes side by side, of each lane its suites in a row. */
export function sideBySide(chosen: readonly Suite[]): Suite[][][] {
  const steps: Suite[][][] = [];
  for (const suite of chosen) {
    const step = steps.at(-1);
    const laneOf = (lane: Suite[]): string | undefined => lane[0]!.lane;
    const lane = step?.find((each) => laneOf(each) === suite.lane);
    if (suite.lane === undefined || step === undefined || laneOf(step[0]!) === undefined) steps.push([[suite]]);
    else if (lane === undefined) step.push([suite]);
    else lane.push(suite);
  }
  return steps;
}
