import { execFile } from "node:child_process";
import path from "node:path";
import { promisify } from "node:util";
import { findKafkaDist } from "./kafkaDist";

/** Counts of the independent reader, `Oracle.java`. */
export interface Verdict {
  /** Records that the source holds. */
  source: number;
  records: number;
  lost: number;
  doubled: number;
  outOfOrder: number;
  /** Records whose value differs from the source's. */
  damaged: number;
  /** Records whose coordinates the source does not hold. */
  invented: number;
  /** Records in the partition of another lane or from another stream. */
  foreign: number;
  deadLetters: number;
  /** Offsets behind an open transaction. */
  openEnd: number;
}

export interface StreamAudit {
  source: { bootstrapServers: string[]; topic: string };
  destination: { bootstrapServers: string[]; topic: string };
  deadLetterTopic?: string;
}

/** The committed values of some topics, in order of partition and offset; of plain texts only. */
export function readCommitted(
  bootstrapServers: readonly string[],
  topics: readonly string[],
): Promise<Record<string, string[]>> {
  return run(["values", bootstrapServers.join(","), ...topics]);
}

export function auditStream({ source, destination, deadLetterTopic }: StreamAudit): Promise<Verdict> {
  return run([
    "stream",
    source.bootstrapServers.join(","),
    source.topic,
    destination.bootstrapServers.join(","),
    destination.topic,
    ...(deadLetterTopic ? [deadLetterTopic] : []),
  ]);
}

export function auditDevice(
  device: string,
  destination: StreamAudit["destination"],
  perLane: number,
): Promise<Verdict> {
  return run(["device", device, destination.bootstrapServers.join(","), destination.topic, String(perLane)]);
}

async function run<Answer = Verdict>(args: string[]): Promise<Answer> {
  const { javaHome, libsDir } = findKafkaDist();
  const log4j = `-Dlog4j2.configurationFile=${path.join(__dirname, "log4j2.properties")}`;
  const file = path.join(__dirname, "Oracle.java");
  const command = [
    "-n",
    "5",
    path.join(javaHome, "bin", "java"),
    "-Xmx512m",
    "-cp",
    path.join(libsDir, "*"),
    log4j,
    file,
    ...args,
  ];
  const { stdout } = await promisify(execFile)("nice", command, { maxBuffer: 1 << 24 });
  return JSON.parse(stdout.trim().split("\n").at(-1)!) as Answer;
}
