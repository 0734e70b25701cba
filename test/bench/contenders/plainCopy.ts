import path from "node:path";
import type { Contender } from "../contender";
import { ProgramProcess } from "../programProcess";

/** What one writes with kafkajs in an hour: consume, send, commit the offsets in the source. */
export const plainCopy: Contender = {
  name: "plain",
  guarantee: "at least once",
  insideOneCluster: false,
  start: async ({ id, from, to, partitions }) => {
    const settings = {
      group: `plain-${id}`,
      partitions,
      from: { brokers: from.bootstrapServers, topic: from.topic },
      to: { brokers: to.bootstrapServers, topic: to.topic },
    };
    const program = path.join(__dirname, "plainCopyProcess.cjs");
    return new ProgramProcess("the plain copy", process.execPath, [program, JSON.stringify(settings)]);
  },
};
