// The Pulumi CLI of the lab and its plugins, where the official ones cannot be had. For the lab, scripts and tests.
export { installToolchain } from "./install";
export { linkPlugins } from "./linkPlugins";
export { labPlaces, pulumiEnvironment, runPulumi } from "./pulumi";
export type { PulumiPlaces, PulumiResult, RunOptions } from "./pulumi";
