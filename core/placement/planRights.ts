import type { Right } from "../contract/kafkaState";
import { stageGroup, transactionalIdPrefix } from "../naming";
import type { StagePlan } from "./planPlacement";

type StageEnds = Pick<StagePlan, "stage" | "from" | "to" | "checkpointTopic" | "deadLetterTopic">;

/**
 * The least that a stage's user needs on one cluster. Kafka lets whoever may read or write also describe, and whoever may
 * write a topic be an idempotent producer, so neither is spelled out.
 */
export function planRights(pipeline: string, stage: StageEnds, cluster: string): Right[] {
  const { from, to, checkpointTopic, deadLetterTopic } = stage;
  const rights: Right[] = [];
  // The group that hands out lanes lives where the lanes are; a device's are those of the output.
  if ((from ?? to).cluster === cluster) {
    rights.push(right("group", stageGroup(pipeline, stage.stage), "literal", ["read"]));
  }
  if (from?.cluster === cluster) rights.push(right("topic", from.topic, "literal", ["read"]));
  if (to.cluster === cluster) {
    rights.push(
      right("topic", to.topic, "literal", ["write"]),
      right("topic", checkpointTopic, "literal", ["read", "write"]),
      right("topic", deadLetterTopic, "literal", ["write"]),
      right("transactional-id", transactionalIdPrefix(pipeline, stage.stage), "prefixed", ["write"]),
    );
  }
  return rights;
}

function right(
  resource: Right["resource"],
  name: string,
  pattern: Right["pattern"],
  operations: Right["operations"],
): Right {
  return { resource, name, pattern, operations };
}
