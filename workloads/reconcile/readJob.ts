import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ReconcileJob } from "../../core/contract/reconcileJob";

/** The job and its secrets, read. */
export interface LoadedJob extends ReconcileJob {
  credentials: { kind: "certificate"; pem: string } | { kind: "password"; username: string; password: string };
  /** User name to password, for every user of the desired state. */
  passwords: ReadonlyMap<string, string>;
}

/** @throws Error that names the file when one is missing or is not JSON */
export function readJob(jobFile: string, secrets: string): LoadedJob {
  const job = JSON.parse(readFileSync(jobFile, "utf8")) as ReconcileJob;
  const passwords = new Map(job.state.users.map(({ name }) => [name, readSecret(join(secrets, "users", name))]));
  return { ...job, passwords, credentials: readCredentials(job, secrets) };
}

function readCredentials({ brokerServers, username }: ReconcileJob, secrets: string): LoadedJob["credentials"] {
  if (brokerServers !== undefined) return { kind: "certificate", pem: readSecret(join(secrets, "operator.pem")) };
  if (username !== undefined) return { kind: "password", username, password: readSecret(join(secrets, "password")) };
  throw new Error("job.json: has neither brokerServers (with secret operator.pem) nor username (with secret password)");
}

function readSecret(file: string): string {
  return readFileSync(file, "utf8").trim();
}
