import { existsSync, mkdirSync, readFileSync, rmdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { until } from "../../core/wait";

const root = "/sys/fs/cgroup";

/** A memory cgroup, as a pod's container has one: the kernel ends what needs more, and V8 sizes its heap by it. Needs root. */
export class MemoryLimit {
  private static made = 0;

  private constructor(private readonly folder: string) {}

  static create(mebibytes: number): MemoryLimit {
    const name = `iotef-test-${process.pid}-${MemoryLimit.made++}`;
    const [hierarchy, file] = existsSync(path.join(root, "memory"))
      ? [path.join(root, "memory"), "memory.limit_in_bytes"]
      : [root, "memory.max"];
    const folder = path.join(hierarchy, name);
    mkdirSync(folder);
    const limit = new MemoryLimit(folder);
    process.once("exit", limit.removeOnExit);
    writeFileSync(path.join(folder, file), String(mebibytes * 1024 * 1024));
    return limit;
  }

  /** The command that runs this one below the limit, as the same process. */
  wrap(program: string, args: readonly string[]): [string, string[]] {
    const enter = `echo $$ > '${path.join(this.folder, "cgroup.procs")}' && exec "$0" "$@"`;
    return ["sh", ["-c", enter, program, ...args]];
  }

  /** Once what ran below it has ended. */
  async remove(): Promise<void> {
    process.off("exit", this.removeOnExit);
    const procs = path.join(this.folder, "cgroup.procs");
    await until(
      `${this.folder} is empty`,
      async () => {
        const left = readFileSync(procs, "utf8").trim();
        if (left !== "") throw new Error(`processes ${left.replaceAll("\n", ", ")} are in it`);
        rmdirSync(this.folder);
      },
      { within: 60, every: 0.1 },
    );
  }

  private readonly removeOnExit = () => {
    try {
      rmdirSync(this.folder);
    } catch {
      // A process in it is ending with this one; the empty folder costs nothing.
    }
  };
}
