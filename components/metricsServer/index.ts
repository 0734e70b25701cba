// CPU and memory figures of nodes and pods. For stacks.
export { MetricsServer, type MetricsServerArgs } from "./metricsServer";
