// The configuration's public face, for stacks, components and scripts.
export { parseConfig, configPath, type RawConfig } from "./parseConfig";
export type {
  ClusterConfig,
  Config,
  FederationConfig,
  HostConfig,
  PlacementSpec,
  StageSpec,
  StreamConfig,
} from "./schema";
