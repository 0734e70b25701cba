import { spawn } from "node:child_process";
import { once } from "node:events";
import { LabError } from "../labError";

/**
 * Holds a lock that no other process holds, for as long as this one lives or until what it returns is called.
 * @param onWait called once where another process has it at the moment
 */
export async function lockFile(file: string, onWait: () => void, signal: AbortSignal): Promise<() => void> {
  // Node has no flock. The holder ends with its standard input, and so with this process, however that ends.
  const holder = spawn("flock", [file, "sh", "-c", "echo held; exec cat"], { stdio: ["pipe", "pipe", "inherit"] });
  const stop = (): void => void holder.kill();
  signal.addEventListener("abort", stop, { once: true });
  const waiting = setTimeout(onWait, 1000);
  const ended = once(holder, "exit").then(() => {
    throw new LabError(`${file} could not be locked`);
  });
  try {
    await Promise.race([once(holder.stdout, "data"), ended]);
  } finally {
    clearTimeout(waiting);
    signal.removeEventListener("abort", stop);
    ended.catch(() => undefined);
  }
  return () => holder.stdin.end();
}
