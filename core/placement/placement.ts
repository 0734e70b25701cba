import type { PlacementSpec } from "../config/schema";

/** Which hosts of its cluster a stage may run on: named ones, or all that carry these labels. */
export type HostChoice = { names: readonly string[] } | { labels: Readonly<Record<string, string>> };

/** The cluster that a placement names. */
export function clusterOfPlacement(spec: PlacementSpec): string {
  return typeof spec === "string" ? spec : spec.cluster;
}

/** The hosts that a placement names, in sorted order; undefined where any host will do. */
export function hostsOfPlacement(spec: PlacementSpec): HostChoice | undefined {
  if (typeof spec === "string" || spec.hosts === undefined) return undefined;
  if (Array.isArray(spec.hosts)) return { names: [...new Set(spec.hosts)].sort() };
  const labels = Object.entries(spec.hosts.labels).sort(([a], [b]) => (a < b ? -1 : 1));
  return { labels: Object.fromEntries(labels) };
}
