import { readFileSync } from "node:fs";
import path from "node:path";
import { build, type Plugin } from "esbuild";

const workloads = path.join(__dirname, "..", "..", "workloads");

/** A change to one file of the stage that takes something away on which exactly-once rests. */
interface Break {
  file: string;
  change: (text: string) => string;
  /** Where the changed text's imports start from, if not from the file's folder. */
  resolveDir?: string;
}

/** The ways to break the algorithm that the harness must be able to find. */
export const breaks = {
  /** The checkpoint is committed after the outputs, in a transaction of its own. */
  "checkpoint-apart": {
    file: "stage/session.ts",
    change: replace(
      "const transaction = await this.write(cut);\n        const writtenMs = performance.now() - started;\n        await ending;",
      `const parts = this.partsOf(cut);
       const checkpoint = parts.pop()!;
       await ending;
       ending = Promise.resolve();
       if (parts.length > 0) await this.args.writer.end(await this.args.writer.write(parts));
       const transaction = await this.args.writer.write([checkpoint]);
       const writtenMs = performance.now() - started;`,
    ),
  },
  /** Each owner has transactional ids of its own: none fences the one before it. */
  "no-fence": {
    file: "stage/laneGroup.ts",
    change: replace("transactionalId(config.pipeline, config.stage, source, group, turn)", "$& + process.pid"),
  },
  /** Where the stage runs is part of its transactional ids: a moved stage does not fence the one it left behind. */
  "place-in-id": {
    file: "stage/laneGroup.ts",
    change: replace("transactionalId(config.pipeline, config.stage, source, group, turn)", "$& + config.place"),
  },
  /** kafkajs' own transactional producer writes. */
  "public-producer": {
    file: "stage/kafka/writer.ts",
    change: () => readFileSync(path.join(__dirname, "publicProducer.ts"), "utf8"),
    resolveDir: __dirname,
  },
} as const satisfies Record<string, Break>;
export type BreakName = keyof typeof breaks;

/** Bundles the stage with one of the breaks, beside the right one. Returns the path of the program. */
export async function buildBroken(name: BreakName): Promise<string> {
  const { file, change, resolveDir = path.dirname(path.join(workloads, file)) }: Break = breaks[name];
  const target = path.join(workloads, file);
  const plugin: Plugin = {
    name,
    setup: (hooks) =>
      hooks.onLoad({ filter: new RegExp(`${path.basename(file)}$`) }, ({ path: loaded }) =>
        loaded === target ? { contents: change(readFileSync(loaded, "utf8")), loader: "ts", resolveDir } : undefined,
      ),
  };
  const outfile = path.join(workloads, "dist", `broken-${name}.cjs`);
  await build({
    entryPoints: [path.join(workloads, "stage", "main.ts")],
    outfile,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    external: ["sharp", "@node-rs/crc32"],
    plugins: [plugin],
    logLevel: "warning",
  });
  return outfile;
}

/** @throws Error where the text is not there any more: a break that changes nothing would prove nothing */
function replace(found: string, by: string): (text: string) => string {
  return (text) => {
    if (!text.includes(found)) throw new Error(`nothing to break: the stage does not contain "${found}"; adapt breaks`);
    return text.replace(found, by);
  };
}
