import { strict as assert } from "node:assert";
import { parseConfig, type RawConfig } from "../../core/config";
import { ConfigError, formatProblem } from "../../core/errors";

/** The smallest cluster stack that is right; each call a fresh copy. */
export function rawCluster(): RawConfig & { hosts: Record<string, Record<string, unknown>> } {
  return {
    role: "cluster",
    name: "edge",
    ssh: { privateKeyFile: "key" },
    hosts: {
      "edge-m1": { address: "10.90.1.11", role: "control-plane" },
      "edge-w1": { address: "10.90.1.21", role: "worker" },
    },
  };
}

/** Two clusters, two streams, a device stage and a stage between the streams; each call a fresh copy. */
export function rawFederation(): RawConfig &
  Record<"clusters" | "streams" | "stages" | "placement", Record<string, unknown>> {
  return {
    role: "federation",
    clusters: { edge: "organization/iotef/edge", cloud: "organization/iotef/cloud" },
    streams: { frames: { cluster: "edge" }, archive: { cluster: "cloud" } },
    stages: {
      camera: { process: "camera", to: "frames" },
      compress: { process: "compress", from: "frames", to: "archive" },
    },
    placement: { camera: "edge", compress: "edge" },
  };
}

/** The lines that a person sees, without the head. */
export function problemsOf(raw: RawConfig): string[] {
  try {
    parseConfig(raw);
  } catch (error) {
    assert.ok(error instanceof ConfigError, String(error));
    return error.problems.map(formatProblem);
  }
  return [];
}
