import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Pipeline } from "../support/pipeline";
import type { Replicas } from "./replicas";
import type { World } from "./world";

/** The coordinators' own log: which transaction was in what state, and when. */
const transactions = "__transaction_state";

/**
 * What a round that went wrong leaves to look into: its schedule can be replayed, its timing cannot. The log of every replica,
 * the brokers' logs, and the segments of the round's topics (for `kafka-dump-log`), before they are deleted.
 * @returns the folder, which stays
 */
export function keepEvidence(seed: number, world: World, pipeline: Pipeline, replicas: Replicas): string {
  const folder = mkdtempSync(join(tmpdir(), `iotef-chaos-${seed}-`));
  for (const [number, lines] of replicas.logs.entries())
    writeFileSync(join(folder, `replica-${number}.log`), lines.map((line) => `${JSON.stringify(line)}\n`).join(""));
  const { from, to, checkpointTopic, deadLetterTopic } = pipeline.config;
  for (const [cluster, topics] of [
    [world.source, [from!.topic]],
    [world.destination, [to.topic, checkpointTopic, deadLetterTopic, transactions]],
  ] as const) {
    const copies = join(folder, cluster.name);
    mkdirSync(copies);
    cluster.copyLogs(topics, copies);
  }
  return folder;
}
