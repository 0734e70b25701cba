// Stages at their places. For other components and stacks.
export { Stage, stageName, type StageArgs, type StageKafka } from "./stage";
export { createPlacementGeneration } from "./placementGeneration";
export { stageNamespace } from "./renderStagePod";
