import type { StageConfig, StreamEndpoint } from "../../../core/contract/stageConfig";
import { checkpointTopic, deadLetterTopic } from "../../../core/naming";
import { StageProcess } from "../../support/stageProcess";
import type { Contender, Route, RouteEnd, Running } from "../contender";

const pipeline = "bench";
/** The product's default (core/config/schema.ts). */
const laneGroups = 2;
/** Largest record batch of the brokers that LocalKafka starts. */
const maxMessageBytes = 4 << 20;
/** Longer than the default: on a loaded machine a replica may well be silent for some seconds. */
const sessionMs = 6000;
/** The product's default limit of a copy (core/config/schema.ts). V8 collects garbage by it, not by what the machine has. */
const memoryMiB = 256;

/** IoTEF's stage runtime: one replica, as it goes into the image, with a processor that passes records on. */
export const ours: Contender = {
  name: "ours",
  guarantee: "exactly once",
  insideOneCluster: false,
  start: async (route) => {
    const config = configOf(route);
    await route.to.kafka.createTopics([
      {
        topic: config.checkpointTopic,
        numPartitions: laneGroups,
        configEntries: [{ name: "cleanup.policy", value: "compact" }],
      },
      { topic: config.deadLetterTopic, numPartitions: 1 },
    ]);
    return running(new StageProcess({ config, memoryMiB }));
  },
};

function configOf({ id, from, to, partitions }: Route): StageConfig {
  const endpoint = ({ kafka, cluster, topic, bootstrapServers }: RouteEnd): StreamEndpoint => {
    return { cluster, clusterId: kafka.clusterId, topic, partitions, bootstrapServers, maxMessageBytes };
  };
  return {
    pipeline,
    stage: id,
    process: "copy",
    place: from.cluster,
    generation: 1,
    laneGroups,
    from: endpoint(from),
    to: endpoint(to),
    checkpointTopic: checkpointTopic(pipeline, id),
    deadLetterTopic: deadLetterTopic(pipeline, id),
    options: {},
    timing: { sessionMs },
  };
}

function running(stage: StageProcess): Running {
  return {
    pids: stage.pid === undefined ? [] : [stage.pid],
    check: () => {
      if (!stage.isAlive)
        throw new Error(
          `the stage ended: ${stage.lines
            .slice(-5)
            .map((line) => JSON.stringify(line))
            .join("\n")}`,
        );
    },
    stop: async () => void (await stage.end("SIGTERM")),
  };
}
