import type { Profile } from "../../lab/artifacts/tasks";

/** A part of the tests: one mocha run. */
export interface Suite {
  name: string;
  files: string;
  /** Artifacts that it wants; none where npm's packages are enough. */
  profile?: Profile;
  /** After so many minutes something hangs. Generous: two shared cores, nothing cached. */
  minutes: number;
}

/** In the order in which they run: what needs little comes first, the whole lab last. */
export const suites: readonly Suite[] = [
  { name: "unit", files: "test/unit/**/*.test.ts", minutes: 15 },
  { name: "components", files: "test/components/**/*.test.ts", minutes: 15 },
  { name: "kafka", files: "test/kafka/**/*.test.ts", profile: "kafka", minutes: 40 },
  { name: "preview", files: "test/preview/**/*.test.ts", profile: "toolchain", minutes: 30 },
  { name: "e2e", files: "test/e2e/**/*.test.ts", profile: "lab", minutes: 85 },
];

/** The one profile whose artifacts are enough for all of `chosen`: made in one go, downloads beside compilations. */
export function profileFor(chosen: readonly Suite[]): Profile | undefined {
  const wanted = new Set(chosen.flatMap(({ profile }) => (profile === undefined ? [] : [profile])));
  return wanted.size > 1 ? "lab" : [...wanted][0];
}
