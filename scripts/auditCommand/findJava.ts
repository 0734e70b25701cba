import { realpathSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { supply } from "../../lab/artifacts";
import type { JavaPlace } from "./runAudit";

/**
 * A JDK and Kafka's jars: `IOTEF_KAFKA_LIBS` where set, else from the cache that the lab shares; on Debian, what is missing is
 * installed and built.
 */
export async function findJava(log: (line: string) => void): Promise<JavaPlace> {
  const libsDir = process.env["IOTEF_KAFKA_LIBS"] ?? (await supply("kafka", log)).kafka!.libsDir;
  return { java: findJdk(), libsDir };
}

/** The `java` beside `javac`: a Java without the compiler cannot run a source file. */
export function findJdk(): string {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    try {
      return join(dirname(realpathSync(join(folder, "javac"))), "java");
    } catch {
      continue;
    }
  }
  throw new Error("there is no javac on the PATH; install a JDK (17 or newer)");
}
