import { spawn } from "node:child_process";
import { existsSync, mkdirSync, openSync, readFileSync, renameSync, rmSync, closeSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError } from "../labError";
import { recipesFolder, type Task } from "./tasks";

export interface TaskPlace {
  /** The finished folder: there when the task is done, and only then. */
  folder: string;
  /** Folders of the tasks it needs, by name. */
  needs: ReadonlyMap<string, string>;
  versions: Readonly<Record<string, string>>;
  signal: AbortSignal;
  goBin?: string;
}

/** Runs a recipe into a folder beside the final one and renames it: an interruption leaves nothing half done. */
export async function runTask(task: Task, { folder, needs, versions, signal, goBin }: TaskPlace): Promise<void> {
  const temporary = `${folder}.part`;
  const work = `${folder}.work`;
  const log = `${folder}.log`;
  for (const stale of [temporary, work]) rmSync(stale, { recursive: true, force: true });
  mkdirSync(work, { recursive: true });
  mkdirSync(dirname(folder), { recursive: true });
  const env = {
    ...process.env,
    ...versions,
    ...(goBin === undefined ? {} : { PATH: `${goBin}:${process.env.PATH}`, GOTOOLCHAIN: "local" }),
    OUT: temporary,
    WORK: work,
    RECIPES: recipesFolder,
    ...Object.fromEntries([...needs].map(([name, path]) => [`DEP_${name.toUpperCase().replaceAll("-", "_")}`, path])),
  };
  const code = await shell(task, env, log, signal);
  rmSync(work, { recursive: true, force: true });
  if (signal.aborted) throw new LabError(`${task.name}: interrupted`);
  if (code !== 0 || !existsSync(temporary)) {
    throw new LabError(`${task.name}: the recipe ended with ${code}; ${log} ends with:\n${tail(log)}`);
  }
  renameSync(temporary, folder);
  rmSync(log, { force: true });
}

function shell(
  task: Task,
  env: NodeJS.ProcessEnv & { OUT: string },
  log: string,
  signal: AbortSignal,
): Promise<number | null> {
  const output = openSync(log, "w");
  const recipe = join(recipesFolder, `${task.name}.sh`);
  // A process group of its own, so that an interruption ends compilers too; nice, so that the person's shell stays usable.
  const child = spawn("nice", ["-n", "5", "bash", "-euo", "pipefail", recipe, join(env.OUT, `${task.name}.tar`)], {
    env,
    detached: true,
    stdio: ["ignore", output, output],
  });
  const stop = (): void => {
    if (child.pid !== undefined) process.kill(-child.pid, "SIGTERM");
  };
  signal.addEventListener("abort", stop, { once: true });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (code) => {
      signal.removeEventListener("abort", stop);
      closeSync(output);
      resolve(code);
    });
  });
}

function tail(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}
