import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import type { Contender } from "../contender";
import { startJava } from "./javaProcess";

/** As many as there are lane groups. */
const threads = 2;

/** Kafka Streams with exactly_once_v2, which only exists inside one cluster, and its own defaults. */
export const kafkaStreams: Contender = {
  name: "streams",
  guarantee: "exactly once",
  insideOneCluster: true,
  start: async ({ id, from, to }) => {
    const folder = mkdtempSync(path.join(tmpdir(), "iotef-streams-"));
    const file = path.join(__dirname, "StreamsCopy.java");
    return startJava({
      name: "Kafka Streams",
      java: ["-Xmx512m"],
      run: [file, `streams-${id}`, from.bootstrapServers.join(","), from.topic, to.topic, String(threads), folder],
      onEnd: () => rmSync(folder, { recursive: true, force: true }),
    });
  },
};
