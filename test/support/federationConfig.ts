import { parseConfig, type FederationConfig, type RawConfig } from "../../core/config";

/** The federation of the committed stacks as raw keys: camera -> frames@edge -> compress -> archive@cloud. */
export const reference: RawConfig = {
  role: "federation",
  clusters: { edge: "organization/iotef/edge", cloud: "organization/iotef/cloud" },
  streams: {
    frames: { cluster: "edge", partitions: 5, retention: { hours: 72 } },
    archive: { cluster: "cloud", partitions: 5 },
  },
  stages: {
    camera: { process: "camera", to: "frames", options: { size: "1024x768" } },
    compress: { process: "compress", from: "frames", to: "archive" },
  },
  placement: { camera: "edge", compress: "edge" },
};

/** The reference federation with some keys changed. */
export function federationConfig(changes: RawConfig = {}): FederationConfig {
  const config = parseConfig({ ...reference, ...changes });
  if (config.role !== "federation") throw new Error("not a federation");
  return config;
}
