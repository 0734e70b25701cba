import type { ClusterConfig } from "../../core/config";
import { LabError } from "../../lab/labError";

/** A row of the reference's Table 5 (M: control plane, W: worker; numbered by name) and what this system must do in it. */
export interface Table5Case {
  number: number;
  down: readonly { role: "control-plane" | "worker"; index: number }[];
  /** What the reference observed. */
  reference: string;
  /** Whether the API has a majority of etcd, and whether three brokers of five are left to take records. */
  expected: { api: boolean; records: boolean };
}

const [m1, m2, m3] = [0, 1, 2].map((index) => ({ role: "control-plane", index }) as const);
const [w1, w2] = [0, 1].map((index) => ({ role: "worker", index }) as const);

export const table5: readonly Table5Case[] = [
  { number: 1, down: [], reference: "all Ready", expected: { api: true, records: true } },
  {
    number: 2,
    down: [m1!],
    reference: "tolerated; other masters serve the API",
    expected: { api: true, records: true },
  },
  {
    number: 3,
    down: [m1!, m2!],
    reference: "data is still processed; no new API requests",
    expected: { api: false, records: true },
  },
  {
    number: 4,
    down: [w2!],
    reference: "no effect on HA; one compute node fewer",
    expected: { api: true, records: true },
  },
  {
    number: 5,
    down: [w1!, w2!],
    reference: "claimed: no effect on HA (HAProxy sat on W-1)",
    expected: { api: true, records: true },
  },
  {
    number: 6,
    down: [m2!, w2!],
    reference: "continues; two masters serve the API",
    expected: { api: true, records: true },
  },
  {
    number: 7,
    down: [m1!, m2!, m3!],
    reference: "worst case: no fault tolerance, no control",
    expected: { api: false, records: false },
  },
];

/** The cases of these numbers; all when none is named. @throws LabError that names the ones there are */
export function casesNamed(numbers: readonly string[]): Table5Case[] {
  const unknown = numbers.filter((text) => !table5.some(({ number }) => String(number) === text));
  if (unknown.length > 0) throw new LabError(`--case ${unknown.join(" ")}: the table has the cases 1 to 7`);
  return table5.filter(({ number }) => numbers.length === 0 || numbers.includes(String(number)));
}

/** The hosts that a case takes away from a cluster. @throws LabError for a cluster of another shape than the reference's */
export function hostsOfCase(
  { number, down }: Table5Case,
  { name, hosts }: Pick<ClusterConfig, "name" | "hosts">,
): string[] {
  const ofRole = (wanted: string): string[] =>
    Object.entries(hosts)
      .filter(([, { role }]) => role === wanted)
      .map(([host]) => host)
      .sort();
  return down.map(({ role, index }) => {
    const host = ofRole(role)[index];
    if (host === undefined)
      throw new LabError(
        `case ${number} takes ${role} ${index + 1} away, and ${name} has ${ofRole(role).length}; the table is about 3 control planes and 2 workers`,
      );
    return host;
  });
}

/** `M-1, M-2`, as the reference writes it. */
export function downInReference({ down }: Table5Case): string {
  return down.map(({ role, index }) => `${role === "worker" ? "W" : "M"}-${index + 1}`).join(", ") || "none";
}
