import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, renameSync } from "node:fs";
import { homedir } from "node:os";
import path from "node:path";

export interface KafkaDist {
  javaHome: string;
  /** Folder of Kafka's jars. */
  libsDir: string;
}

/** Where the jars are kept between runs, by the version in kafka-pom.xml. */
const cacheDir = path.join(homedir(), ".cache", "iotef", "test-kafka-4.3.1");

/**
 * Kafka's jars and a Java to run them: `IOTEF_KAFKA_LIBS` and `IOTEF_JAVA_HOME` where set, else jars that Maven fetches once
 * and the Java on the path.
 */
export function findKafkaDist(environment: NodeJS.ProcessEnv = process.env): KafkaDist {
  const javaHome = environment["IOTEF_JAVA_HOME"] ?? javaHomeOnPath();
  return { javaHome, libsDir: environment["IOTEF_KAFKA_LIBS"] ?? fetchJars() };
}

function javaHomeOnPath(): string {
  const settings = execFileSync("sh", ["-c", "java -XshowSettings:properties -version 2>&1"], { encoding: "utf8" });
  const home = /java\.home = (.+)/.exec(settings)?.[1];
  if (!home) throw new Error("no Java on the path; install a JDK (17 or newer) or set IOTEF_JAVA_HOME");
  return home.trim();
}

function fetchJars(): string {
  if (existsSync(cacheDir) && readdirSync(cacheDir).some((name) => name.startsWith("kafka_"))) return cacheDir;
  mkdirSync(path.dirname(cacheDir), { recursive: true });
  const unfinished = `${cacheDir}.${process.pid}`;
  const pom = path.join(__dirname, "kafka-pom.xml");
  execFileSync("mvn", ["-q", "-B", "-f", pom, "dependency:copy-dependencies", `-DoutputDirectory=${unfinished}`], {
    stdio: "inherit",
  });
  renameSync(unfinished, cacheDir);
  return cacheDir;
}
