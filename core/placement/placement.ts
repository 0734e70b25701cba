import type { PlacementSpec } from "../config/schema";

/** The cluster that a placement names. */
export function clusterOfPlacement(spec: PlacementSpec): string {
  return typeof spec === "string" ? spec : spec.cluster;
}
