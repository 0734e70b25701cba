import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { dirname, join } from "node:path";
import { LabError } from "../labError";
import { lockFile } from "./lockFile";
import { runRecipe } from "./runRecipe";
import { recipesFolder, type Task } from "./tasks";

export interface TaskPlace {
  /** The finished folder: there when the task is done, and only then. */
  folder: string;
  /** Folders of the tasks it needs, by name. */
  needs: ReadonlyMap<string, string>;
  versions: Readonly<Record<string, string>>;
  log: (line: string) => void;
  signal: AbortSignal;
  goBin?: string;
}

/** Brings a task's folder about, by one process at a time: another one that wants it too waits and finds it. */
export async function runTask(task: Task, place: TaskPlace): Promise<void> {
  const { folder, log, signal } = place;
  mkdirSync(dirname(folder), { recursive: true });
  const waits = () => log(`${task.name}: another process builds it; waiting`);
  const release = await lockFile(`${folder}.lock`, waits, signal);
  try {
    if (!existsSync(folder)) await build(task, place);
  } finally {
    release();
  }
}

/** Runs a recipe into a folder beside the final one and renames it: an interruption leaves nothing half done. */
async function build(task: Task, { folder, needs, versions, signal, goBin }: TaskPlace): Promise<void> {
  const temporary = `${folder}.part`;
  const work = `${folder}.work`;
  const log = `${folder}.log`;
  for (const stale of [temporary, work]) remove(stale);
  mkdirSync(work, { recursive: true });
  const env = {
    ...process.env,
    ...versions,
    ...(goBin === undefined ? {} : { PATH: `${goBin}:${process.env.PATH}`, GOTOOLCHAIN: "local" }),
    OUT: temporary,
    WORK: work,
    RECIPES: recipesFolder,
    ...Object.fromEntries([...needs].map(([name, path]) => [`DEP_${name.toUpperCase().replaceAll("-", "_")}`, path])),
  };
  const code = await runRecipe({ recipe: join(recipesFolder, `${task.name}.sh`), env, log, signal });
  remove(work);
  if (signal.aborted) throw new LabError(`${task.name}: interrupted`);
  if (code !== 0 || !existsSync(temporary)) {
    throw new LabError(`${task.name}: the recipe ended with ${code}; ${log} ends with:\n${tail(log)}`);
  }
  renameSync(temporary, folder);
  rmSync(log, { force: true });
}

/** Patient: processes that were ended a moment ago may still close files in it. */
function remove(folder: string): void {
  rmSync(folder, { recursive: true, force: true, maxRetries: 20, retryDelay: 100 });
}

function tail(log: string): string {
  return readFileSync(log, "utf8").trimEnd().split("\n").slice(-20).join("\n");
}
