import { spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import { createInterface } from "node:readline";
import { LabError } from "../labError";
import { writeWhole } from "../machine/writeWhole";
import { linkPlugins } from "./linkPlugins";
import type { PulumiPlaces } from "./places";
import { copyStackConfig, createStack, stackArguments } from "./stackFiles";

/**
 * The environment of a `pulumi` that uses nothing of the user's: own home, own file backend, own passphrase, no
 * downloads, no plugins from PATH.
 */
export function pulumiEnvironment(
  places: Pick<PulumiPlaces, "home" | "backendDir" | "passphraseFile" | "binDirs">,
): NodeJS.ProcessEnv {
  const inherited = Object.entries(process.env).filter(
    // An agent's keys would be tried before the lab's own; NODE_OPTIONS would reach every plugin.
    ([name]) => !name.startsWith("PULUMI_") && !["SSH_AUTH_SOCK", "NODE_OPTIONS"].includes(name),
  );
  return {
    ...Object.fromEntries(inherited),
    PATH: [...places.binDirs, dirname(process.execPath), process.env.PATH ?? ""].join(delimiter),
    PULUMI_HOME: places.home,
    // Without files of attributes beside the states: a CLI that is killed while it writes one leaves half of it, and the state
    // cannot be read any more ("failed to load checkpoint: EOF"). States themselves change places by renaming.
    PULUMI_BACKEND_URL: `file://${places.backendDir}?metadata=skip`,
    PULUMI_CONFIG_PASSPHRASE_FILE: places.passphraseFile,
    PULUMI_FALLBACK_TO_STATE_SECRETS_MANAGER: "true",
    PULUMI_CREDENTIAL_STORE: "plaintext",
    PULUMI_DISABLE_AUTOMATIC_PLUGIN_ACQUISITION: "true",
    PULUMI_DISABLE_REGISTRY_RESOLVE: "true",
    PULUMI_DIY_BACKEND_DISABLE_CHECKPOINT_BACKUPS: "true",
    PULUMI_IGNORE_AMBIENT_PLUGINS: "true",
    PULUMI_SKIP_UPDATE_CHECK: "true",
  };
}

export { labPlaces, type PulumiPlaces } from "./places";

export interface RunOptions {
  places: PulumiPlaces;
  /** Collects stdout and stderr instead of passing the terminal on. @default false */
  capture?: boolean;
  /** Gets each line of stdout and stderr as it comes; for runs side by side. Goes with `capture`. */
  onLine?: (line: string) => void;
  /** Resolves with any exit code instead of throwing on one that is not 0. @default false */
  allowFailure?: boolean;
  /** More environment, over the hermetic one. */
  env?: NodeJS.ProcessEnv;
}

/** What a run of the CLI gave; the texts are empty unless captured. */
export interface PulumiResult {
  exitCode: number;
  stdout: string;
  stderr: string;
}

/**
 * Runs the Pulumi CLI on a stack of the program; the stack is created on first use.
 *
 * The stack's own file (Pulumi.<stack>.yaml) stays as it is committed: `up`, `preview`, `refresh`, `destroy` and
 * `import` get a copy of it, into which the CLI may write its `encryptionsalt`, and find the salt in the state. Only
 * `config set` and `config rm` edit the file itself; the CLI keeps its comments.
 *
 * @param args the command and its arguments, without `--stack`.
 * @throws when the CLI fails, with what it printed if that was captured.
 */
export async function runPulumi(stack: string, args: readonly string[], options: RunOptions): Promise<PulumiResult> {
  const { places } = options;
  ensurePassphrase(places.passphraseFile);
  mkdirSync(places.backendDir, { recursive: true });
  linkPlugins(places);
  await createStack(stack, places, (extra, cwd) =>
    runCli([...extra], cwd, { ...options, capture: true, allowFailure: false }),
  );
  const config = copyStackConfig(stack, places);
  return runCli(stackArguments(stack, args, config), places.projectDir, options);
}

function runCli(args: readonly string[], cwd: string, options: RunOptions): Promise<PulumiResult> {
  const { places, capture = false } = options;
  const executable = places.binDirs.map((folder) => join(folder, "pulumi")).find((path) => existsSync(path));
  if (!executable) {
    throw new LabError(`pulumi: not in ${places.binDirs.join(", ")}; run lab up or give the folder of the CLI`);
  }
  return new Promise((settle, reject) => {
    const child = spawn(executable, args, {
      cwd,
      env: { ...pulumiEnvironment(places), ...options.env },
      stdio: capture ? ["ignore", "pipe", "pipe"] : "inherit",
    });
    const output = { stdout: "", stderr: "" };
    if (options.onLine) {
      for (const stream of [child.stdout, child.stderr]) if (stream) createInterface(stream).on("line", options.onLine);
    }
    child.stdout?.setEncoding("utf8").on("data", (text: string) => (output.stdout += text));
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (output.stderr += text));
    // The CLI gets the terminal's interrupt too and ends in its own way; we wait for that.
    const wait = () => undefined;
    process.on("SIGINT", wait);
    child.on("error", reject);
    child.on("close", (code, signal) => {
      process.off("SIGINT", wait);
      const exitCode = code ?? -1;
      if (exitCode === 0 || options.allowFailure) return settle({ exitCode, ...output });
      const ending = signal ?? `exit code ${exitCode}`;
      reject(new LabError(`pulumi ${args.join(" ")}: ${ending}\n${output.stdout}${output.stderr}`.trimEnd()));
    });
  });
}

function ensurePassphrase(file: string): void {
  if (existsSync(file)) return;
  mkdirSync(dirname(file), { recursive: true });
  writeWhole(file, randomBytes(24).toString("base64url"), { mode: 0o600 });
}
