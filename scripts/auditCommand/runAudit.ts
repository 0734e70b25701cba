import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { renderSettings, type AuditSettings } from "./renderSettings";

export interface JavaPlace {
  /** The `java` of a JDK (17 or newer): it compiles the program when it starts it. */
  java: string;
  /** Folder of Kafka's jars. */
  libsDir: string;
}

/**
 * Runs Audit.java. Settings go in by its standard input, for they hold passwords.
 * @param onProgress gets what it says while it reads
 * @returns its lines, one per source partition
 */
export function runAudit(
  { java, libsDir }: JavaPlace,
  settings: AuditSettings,
  onProgress: (line: string) => void,
): Promise<string[]> {
  const program = join(__dirname, "Audit.java");
  const logging = `-Dlog4j2.configurationFile=${join(__dirname, "log4j2.properties")}`;
  // It compiles itself when it starts and lives a minute: the second compiler would never pay.
  const args = ["-Xmx768m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", logging, "-cp", join(libsDir, "*"), program];
  const child = spawn(java, args, { stdio: ["pipe", "pipe", "pipe"] });
  const lines: string[] = [];
  const said: string[] = [];
  createInterface(child.stdout).on("line", (line) => lines.push(line));
  createInterface(child.stderr).on("line", (line) => {
    said.push(line);
    onProgress(line);
  });
  // A Java that cannot start does not read; its exit code tells.
  child.stdin.on("error", () => undefined);
  child.stdin.end(renderSettings(settings));
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      if (code === 0) resolve(lines);
      else reject(new Error(`the audit of ${settings.source.topic} ended with ${code}:\n${said.slice(-8).join("\n")}`));
    });
  });
}
