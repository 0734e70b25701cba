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
  /** Runs only when it is named: it wants a lab that is up. */
  onlyNamed?: boolean;
}

/** In the order in which they run: what needs little comes first, the whole lab last. */
export const suites: readonly Suite[] = [
  { name: "unit", files: "test/unit/**/*.test.ts", minutes: 15 },
  { name: "components", files: "test/components/**/*.test.ts", minutes: 15 },
  { name: "preview", files: "test/preview/**/*.test.ts", profile: "toolchain", minutes: 30 },
  { name: "rack", files: "test/e2e/rack*.test.ts", profile: "rack", minutes: 30 },
  { name: "etcd", files: "test/etcd/**/*.test.ts", profile: "etcd", minutes: 20 },
  { name: "kafka", files: "test/{kafka,chaos}/**/*.test.ts", profile: "faults", minutes: 40 },
  { name: "e2e", files: "test/e2e/mainJob.test.ts", profile: "lab", minutes: 70, withoutLab: true },
  { name: "restore", files: "test/e2e/restore.test.ts", minutes: 60, onlyNamed: true },
  { name: "table5", files: "test/e2e/table5.test.ts", minutes: 60, onlyNamed: true },
  { name: "day2", files: "test/e2e/day2*.test.ts", minutes: 170, onlyNamed: true },
];

/** What the artifacts of `chosen` are asked for by: made in one go, downloads beside compilations. */
export function profilesFor(chosen: readonly Suite[]): Profile[] {
  return [...new Set(chosen.flatMap(({ profile }) => (profile === undefined ? [] : [profile])))];
}
