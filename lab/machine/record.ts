import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { stateRoot, type RackPaths } from "./paths";
import { writeWhole } from "./writeWhole";

/** Who a session's rack on this machine belongs to. */
export interface RackRecord {
  /** The lab folder of the rack. */
  folder: string;
}

/** Writes down which folder's rack runs under a session. */
export function writeRecord(paths: RackPaths): void {
  mkdirSync(paths.state, { recursive: true });
  const record: RackRecord = { folder: paths.folder };
  writeWhole(paths.record, `${JSON.stringify(record)}\n`);
}

/** The record of a session; undefined where none was left. */
export function readRecord(paths: Pick<RackPaths, "record">): RackRecord | undefined {
  return existsSync(paths.record) ? (JSON.parse(readFileSync(paths.record, "utf8")) as RackRecord) : undefined;
}

/**
 * Forgets all that was written before the machine last booted: /run may be a folder that outlives it, and nothing
 * that the records speak of is still there.
 */
export function forgetFormerBoot(): void {
  const file = join(stateRoot, "boot-id");
  const bootId = readFileSync("/proc/sys/kernel/random/boot_id", "utf8");
  if (existsSync(file) && readFileSync(file, "utf8") === bootId) return;
  rmSync(stateRoot, { recursive: true, force: true });
  mkdirSync(stateRoot, { recursive: true });
  writeFileSync(file, bootId);
}

/** Whether any rack still has state on this machine. */
export function anyRackLeft(): boolean {
  if (!existsSync(stateRoot)) return false;
  return readdirSync(stateRoot, { withFileTypes: true }).some((entry) => entry.isDirectory());
}
