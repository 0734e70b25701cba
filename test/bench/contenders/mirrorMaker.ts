import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { freePorts } from "../../support/freePorts";
import type { Contender, Route } from "../contender";
import { startJava } from "./javaProcess";

/** As many as there are lane groups. */
const tasks = 2;
/** What Kafka's start script gives a Connect worker. */
const heap = ["-Xms256m", "-Xmx2g"];

/** MirrorMaker 2 as a dedicated process with exactly-once switched on, without what it does beside copying. */
export const mirrorMaker: Contender = {
  name: "mirrormaker",
  guarantee: "exactly once",
  insideOneCluster: false,
  start: async (route) => {
    const folder = mkdtempSync(path.join(tmpdir(), "iotef-mirrormaker-"));
    const file = path.join(folder, "mm2.properties");
    const [port] = await freePorts(1);
    const lines = Object.entries(mirrorProperties(route, port!)).map(([key, value]) => `${key} = ${value}\n`);
    writeFileSync(file, lines.join(""));
    return startJava({
      name: "MirrorMaker",
      java: heap,
      run: ["org.apache.kafka.connect.mirror.MirrorMaker", file],
      onEnd: () => rmSync(folder, { recursive: true, force: true }),
    });
  },
};

/** The aliases hold the route's id: internal topics are named after them, and each run shall start afresh. */
function mirrorProperties({ id, from, to }: Route, restPort: number): Record<string, string | number> {
  const [source, target] = [`${from.cluster}-${id}`, `${to.cluster}-${id}`];
  const flow = `${source}->${target}`;
  const replicas = Math.min(3, to.kafka.brokerIds.length);
  return {
    clusters: `${source}, ${target}`,
    [`${source}.bootstrap.servers`]: from.bootstrapServers.join(","),
    [`${target}.bootstrap.servers`]: to.bootstrapServers.join(","),
    [`${source}.consumer.isolation.level`]: "read_committed",
    [`${target}.exactly.once.source.support`]: "enabled",
    "dedicated.mode.enable.internal.rest": "true",
    listeners: `http://127.0.0.1:${restPort}`,
    [`${flow}.enabled`]: "true",
    [`${flow}.topics`]: from.topic,
    [`${flow}.tasks.max`]: tasks,
    "replication.policy.class": "org.apache.kafka.connect.mirror.IdentityReplicationPolicy",
    "replication.factor": replicas,
    "offset.storage.replication.factor": replicas,
    "offset.storage.partitions": 5,
    "config.storage.replication.factor": replicas,
    "status.storage.replication.factor": replicas,
    "status.storage.partitions": 1,
    "emit.heartbeats.enabled": "false",
    "emit.checkpoints.enabled": "false",
    "emit.offset-syncs.enabled": "false",
    "refresh.topics.enabled": "false",
    "refresh.groups.enabled": "false",
    "sync.topic.configs.enabled": "false",
    "sync.topic.acls.enabled": "false",
  };
}
