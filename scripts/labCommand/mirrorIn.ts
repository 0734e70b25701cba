import type { ClusterConfig } from "../../core/config";
import { LabError } from "../../lab/labError";

/** The mirror that the stack files name. The lab serves it, so all must name the same. @throws LabError otherwise */
export function mirrorIn(clusters: readonly ClusterConfig[]): string {
  const mirrors = [...new Set(clusters.map(({ mirror }) => mirror))];
  if (mirrors.length !== 1 || mirrors[0] === undefined) {
    throw new LabError(
      `iotef:mirror: the lab's clusters must all name the lab's mirror, found ${mirrors.map(String).join(", ")}`,
    );
  }
  return mirrors[0];
}
