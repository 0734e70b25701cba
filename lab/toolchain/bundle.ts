import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { homedir } from "node:os";
import { join, relative } from "node:path";

/** The programs of the toolchain: executable name and source. */
export const TOOLS = {
  "pulumi-language-nodejs": "languageHost/main.ts",
  "pulumi-resource-command": "command/main.ts",
  "pulumi-resource-random": "random/main.ts",
} as const;

const SOURCES = __dirname;
const LOCK_FILE = join(__dirname, "../../package-lock.json");

/**
 * Bundles the tools into one JavaScript file each, once per state of the sources: every `pulumi` run starts them, and
 * loading a bundle with V8's code cache takes a fraction of what tsx needs.
 * @returns the folder that holds `<tool>.js`.
 */
export async function bundleTools(): Promise<string> {
  const folder = join(homedir(), ".cache/iotef/toolchain", sourceHash());
  if (existsSync(folder)) return folder;
  const [major = 0] = process.versions.node.split(".").map(Number);
  if (major < 22) throw new Error(`node ${process.versions.node}: @pulumi/pulumi needs 22 or newer; run with that`);
  const { build } = await import("esbuild");
  const draft = `${folder}.${process.pid}`;
  mkdirSync(draft, { recursive: true });
  await build({
    entryPoints: Object.entries(TOOLS).map(([name, source]) => ({
      in: join(SOURCES, source),
      out: `${name}.bundle`,
    })),
    outdir: draft,
    bundle: true,
    platform: "node",
    target: "node22",
    format: "cjs",
    minify: true,
    keepNames: true,
    legalComments: "none",
    logLevel: "warning",
    // Optional native helpers of ssh2; it does without.
    external: ["cpu-features", "*.node"],
  });
  for (const name of Object.keys(TOOLS)) writeFileSync(join(draft, `${name}.js`), entry(name));
  try {
    renameSync(draft, folder);
  } catch (error) {
    rmSync(draft, { recursive: true, force: true });
    // Another process may have been faster with the same sources.
    if (!existsSync(folder)) throw error;
    return folder;
  }
  for (const name of Object.keys(TOOLS)) warm(join(folder, `${name}.js`));
  return folder;
}

function entry(name: string): string {
  return [
    `require("node:module").enableCompileCache(require("node:path").join(__dirname, "compiled"));`,
    `require("./${name}.bundle.js");`,
    "",
  ].join("\n");
}

/**
 * Starts a tool once so that V8's code cache is written: Node writes it at the end of a process, which a plugin does
 * not reach, as the engine kills it.
 */
function warm(entryPath: string): void {
  const script =
    `require(${JSON.stringify(entryPath)});` +
    `setTimeout(() => { require("node:module").flushCompileCache(); process.exit(0); }, 200);`;
  execFileSync(process.execPath, ["-e", script], { stdio: ["ignore", "ignore", "inherit"] });
}

function sourceHash(): string {
  const hash = createHash("sha256").update(process.version).update(readFileSync(LOCK_FILE));
  const files = readdirSync(SOURCES, { recursive: true, withFileTypes: true })
    .filter((file) => file.isFile() && file.name.endsWith(".ts"))
    .map((file) => join(file.parentPath, file.name))
    .sort();
  for (const file of files) hash.update(relative(SOURCES, file)).update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}
