import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { endProperties, renderProperties } from "../auditCommand/renderProperties";
import type { AuditEnd } from "../auditCommand/renderSettings";
import type { JavaPlace } from "../auditCommand/runAudit";
import { parseArrival, type Arrival } from "./arrivalTimes";

export interface ArrivalLog {
  /** Everything that came so far, in the order of time. */
  arrivals: readonly Arrival[];
  /** Why the reader ended, where it has ended by itself. */
  failure(): string | undefined;
  stop(): Promise<void>;
}

/** Starts Arrivals.java on streams by name, and returns once it has found all their ends. */
export async function readArrivals(
  { java, libsDir }: JavaPlace,
  streams: Readonly<Record<string, AuditEnd>>,
): Promise<ArrivalLog> {
  const audit = join(__dirname, "..", "auditCommand");
  const logging = `-Dlog4j2.configurationFile=${join(audit, "log4j2.properties")}`;
  const program = join(__dirname, "Arrivals.java");
  const args = ["-Xmx256m", "-XX:+UseSerialGC", "-XX:TieredStopAtLevel=1", logging, "-cp", join(libsDir, "*"), program];
  const child = spawn(java, args, { stdio: ["pipe", "pipe", "pipe"] });
  const arrivals: Arrival[] = [];
  const said: string[] = [];
  let ended: string | undefined;
  createInterface(child.stderr).on("line", (line) => said.push(line));
  const closed = new Promise<void>((resolve) => {
    child.on("error", (error) => said.push(error.message));
    child.on("close", (code) => {
      ended = `the reader of streams ended with ${code}: ${said.slice(-4).join("; ")}`;
      resolve();
    });
  });
  // A Java that cannot start does not read; its exit code tells.
  child.stdin.on("error", () => undefined);
  const settings = Object.entries(streams).map(([name, end]) => endProperties(name, end));
  child.stdin.write(renderProperties(Object.assign({ streams: Object.keys(streams).join(",") }, ...settings)) + "\0");
  await new Promise<void>((resolve, reject) => {
    createInterface(child.stdout).on("line", (line) =>
      line === "ready" ? resolve() : arrivals.push(parseArrival(line)),
    );
    void closed.then(() => reject(new Error(ended)));
  });
  return {
    arrivals,
    failure: () => ended,
    async stop() {
      child.stdin.end();
      await closed;
    },
  };
}
