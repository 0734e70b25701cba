import { runTool } from "./testCommand/runTool";

/**
 * `./scripts/chaos`: random faults against a stage between two local clusters, in rounds, each audited. Exit code 1 when a
 * round was not exactly once. A thousand rounds take some six hours on two cores.
 */
runTool({ profile: "faults", main: "chaos/main.ts", minutes: 24 * 60 });
