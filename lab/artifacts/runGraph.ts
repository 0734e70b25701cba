import { existsSync, readFileSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { runTask } from "./runTask";
import { taskKey } from "./taskKey";
import { recipesFolder, type Task } from "./tasks";

export interface GraphOptions {
  /** Finished folders: `<cache>/<task>/<key>`. */
  cache: string;
  versions: Readonly<Record<string, string>>;
  log: (line: string) => void;
  signal: AbortSignal;
  /** Folder of the `go` to use. @default the one on PATH */
  goBin?: string;
}

/** How many of each kind at once: compilers use both cores by themselves, downloads wait most of the time. */
const slots = { cpu: 1, network: 2 } as const;
const heartbeatSeconds = 30;

/** Brings every task's folder about, from the cache where it is there. Returns folder by task name. */
export async function runGraph(tasks: readonly Task[], options: GraphOptions): Promise<Map<string, string>> {
  const folders = placeTasks(tasks, options);
  const done = new Set(tasks.filter(({ name }) => existsSync(folders.get(name)!)).map(({ name }) => name));
  for (const name of done) options.log(`${name}: cached`);
  const running = new Map<string, { task: Task; since: number; end: Promise<void> }>();
  const failed: Error[] = [];
  const heartbeat = setInterval(() => {
    const lines = [...running.values()].map(({ task, since }) => `${task.name} (${seconds(since)} s)`);
    if (lines.length > 0)
      options.log(`still building ${lines.join(", ")}; ${tasks.length - done.size - running.size} more to come`);
  }, heartbeatSeconds * 1000);
  try {
    for (;;) {
      const ready = tasks.filter(
        (task) =>
          failed.length === 0 &&
          !done.has(task.name) &&
          !running.has(task.name) &&
          task.needs.every((need) => done.has(need)),
      );
      for (const task of ready) {
        const busy = [...running.values()].filter((other) => other.task.load === task.load).length;
        if (busy < slots[task.load]) start(task);
      }
      if (running.size === 0) break;
      await Promise.race([...running.values()].map(({ end }) => end));
    }
  } finally {
    clearInterval(heartbeat);
  }
  if (failed.length > 0) throw failed[0]!;
  return folders;

  function start(task: Task): void {
    const since = performance.now();
    options.log(`${task.name}: building`);
    const needs = new Map(task.needs.map((need) => [need, folders.get(need)!]));
    const place = {
      folder: folders.get(task.name)!,
      needs,
      versions: options.versions,
      log: options.log,
      signal: options.signal,
      goBin: options.goBin,
    };
    const end = runTask(task, place).then(
      () => {
        done.add(task.name);
        options.log(`${task.name}: done in ${seconds(since)} s`);
      },
      (error: unknown) => {
        failed.push(error instanceof Error ? error : new Error(String(error)));
        options.log(`${task.name}: failed after ${seconds(since)} s; waiting for what still runs`);
      },
    );
    running.set(task.name, { task, since, end: end.finally(() => running.delete(task.name)) });
  }
}

/** Each task's folder under its key. Needs come before what needs them, whatever the order in the list. */
function placeTasks(tasks: readonly Task[], { cache, versions }: GraphOptions): Map<string, string> {
  const keys = new Map<string, string>();
  const shared = readdirSync(recipesFolder).includes("module.sh")
    ? readFileSync(join(recipesFolder, "module.sh"), "utf8")
    : "";
  const keyOf = (task: Task): void => {
    if (keys.has(task.name)) return;
    for (const need of task.needs) keyOf(tasks.find(({ name }) => name === need)!);
    const text = readFileSync(join(recipesFolder, `${task.name}.sh`), "utf8");
    keys.set(task.name, taskKey(task, text.includes("module.sh") ? text + shared : text, versions, keys));
  };
  tasks.forEach(keyOf);
  return new Map([...keys].map(([name, key]) => [name, join(cache, name, key)]));
}

function seconds(since: number): number {
  return Math.round((performance.now() - since) / 1000);
}
