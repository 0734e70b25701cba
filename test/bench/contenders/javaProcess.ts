import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { findKafkaDist } from "../../support/kafkaDist";
import { ProgramProcess } from "../programProcess";

/** The environment variable that names the folder with the jars of MirrorMaker and Streams. */
export const peersVariable = "IOTEF_KAFKA_PEERS";

export interface JavaProgram {
  name: string;
  /** Options of the Java machine. */
  java: readonly string[];
  /** Class or source file, then its arguments. */
  run: readonly string[];
  onEnd?: () => void;
}

/** Starts a Java contender on Kafka's jars and those of its peers. */
export function startJava({ name, java, run, onEnd }: JavaProgram): ProgramProcess {
  const { javaHome, libsDir } = findKafkaDist();
  const classPath = [libsDir, peersDir()].map((folder) => path.join(folder, "*")).join(path.delimiter);
  const log4j = `-Dlog4j2.configurationFile=${path.join(__dirname, "..", "..", "support", "log4j2.properties")}`;
  return new ProgramProcess(
    name,
    path.join(javaHome, "bin", "java"),
    [...java, "-cp", classPath, log4j, ...run],
    onEnd,
  );
}

function peersDir(): string {
  const folder = process.env[peersVariable];
  if (folder === undefined)
    throw new Error(`${peersVariable}: is not set; run ./scripts/bench stage, which brings the jars of the peers`);
  if (!existsSync(folder) || !readdirSync(folder).some((name) => name.startsWith("connect-mirror")))
    throw new Error(`${peersVariable}: "${folder}" holds no connect-mirror jar; run ./scripts/bench stage`);
  return folder;
}
