import { existsSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import type { PulumiPlaces } from "./places";

/** Commands that take `--stack`; the others (plugin, version, whoami, ...) are about no stack. */
const STACK_COMMANDS = new Set(
  "up update preview pre refresh destroy down dn import config stack state cancel logs about".split(" "),
);

/** Commands that read the stack file and would add `encryptionsalt` to it. */
const DEPLOYMENT_COMMANDS = new Set("up update preview pre refresh destroy down dn import".split(" "));

/**
 * The command line for a stack.
 * @param configCopy stack file that a deployment command may write to.
 */
export function stackArguments(stack: string, args: readonly string[], configCopy: string): string[] {
  const [command = "", subcommand] = args.filter((argument) => !argument.startsWith("-"));
  if (!STACK_COMMANDS.has(command)) return [...args];
  const at = args.indexOf(command) + 1;
  const extra = ["--stack", stack];
  const hasConfig = args.some((argument) => /^--config-file(=|$)/.test(argument));
  if (DEPLOYMENT_COMMANDS.has(command) && !hasConfig) extra.push("--config-file", configCopy);
  if (command === "stack" && subcommand === "rm") {
    // It would delete the committed file together with the stack.
    return [...args, ...extra, ...(args.includes("--preserve-config") ? [] : ["--preserve-config"])];
  }
  // Flags go before a "--" that the user may have given, so right after the command.
  return command === "stack" || command === "state" || command === "config"
    ? [...args, ...extra]
    : [...args.slice(0, at), ...extra, ...args.slice(at)];
}

/** Writes the current copy of a stack file for deployment commands. @returns its path. */
export function copyStackConfig(stack: string, places: PulumiPlaces): string {
  const committed = join(places.projectDir, `Pulumi.${stack}.yaml`);
  const copy = join(places.configDir, `Pulumi.${stack}.yaml`);
  mkdirSync(places.configDir, { recursive: true });
  if (existsSync(committed)) {
    // Renamed into place: another run may be reading it.
    const draft = `${copy}.${process.pid}`;
    writeFileSync(
      draft,
      `# Copy of ${committed}, made anew by every run: edit that one.\n${readFileSync(committed, "utf8")}`,
    );
    renameSync(draft, copy);
  }
  return copy;
}

/**
 * Creates a stack that the backend does not have yet.
 *
 * `pulumi stack init` writes the new salt into the stack file of its working directory, so it runs in a folder of its
 * own; the salt also goes into the state, where later runs find it.
 * @param run runs the CLI in a folder.
 */
export async function createStack(
  stack: string,
  places: PulumiPlaces,
  run: (args: readonly string[], cwd: string) => Promise<unknown>,
): Promise<void> {
  const project = (parse(readFileSync(join(places.projectDir, "Pulumi.yaml"), "utf8")) as { name: string }).name;
  // The layout of a file backend since Pulumi 3.61.
  if (existsSync(join(places.backendDir, ".pulumi/stacks", project, `${stack}.json`))) return;
  const folder = join(places.configDir, "init");
  mkdirSync(folder, { recursive: true });
  // Its salt belongs to a stack that is gone.
  rmSync(join(folder, `Pulumi.${stack}.yaml`), { force: true });
  writeFileSync(join(folder, "Pulumi.yaml"), `name: ${project}\nruntime: nodejs\n`);
  await run(["stack", "init", stack, "--no-select"], folder);
}
