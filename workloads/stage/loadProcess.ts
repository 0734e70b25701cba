import { existsSync, readdirSync } from "node:fs";
import path from "node:path";
import { ConfigError, messageOf } from "../../core/errors";
import type { ProcessModule } from "./processor";

/** The environment variable that names the folder of processor modules. */
export const processorsVariable = "IOTEF_PROCESSORS";
const defaultFolder = "/app/processors";

/**
 * Loads `<folder>/<process>.cjs` and parses the stage's options with the module's own schema.
 * @throws ConfigError where there is no such module, it is none, or the options do not suit it
 */
export function loadProcess(
  process: string,
  rawOptions: Record<string, unknown>,
  environment: NodeJS.ProcessEnv = globalThis.process.env,
): { module: ProcessModule; options: Record<string, unknown> } {
  const folder = path.resolve(environment[processorsVariable] ?? defaultFolder);
  const file = path.join(folder, `${process}.cjs`);
  if (!existsSync(file)) {
    const there = existsSync(folder) ? readdirSync(folder).filter((name) => name.endsWith(".cjs")) : [];
    throw new ConfigError([
      { path: "process", value: process, message: `has no module ${file}; there are: ${there.join(", ") || "none"}` },
    ]);
  }
  const module = defaultExport(require(file));
  if (
    typeof (module as { process?: unknown }).process !== "function" &&
    typeof (module as { open?: unknown }).open !== "function"
  ) {
    throw new ConfigError([
      { path: "process", value: process, message: `${file} exports neither process() nor open() as its default` },
    ]);
  }
  return { module: module as ProcessModule, options: parseOptions(module as ProcessModule, rawOptions) };
}

function defaultExport(loaded: unknown): object {
  const outer = loaded as { default?: unknown };
  return (outer.default ?? outer) as object;
}

function parseOptions(module: ProcessModule, raw: Record<string, unknown>): Record<string, unknown> {
  if (module.options === undefined) return raw;
  try {
    const parsed = module.options.safeParse(raw);
    if (parsed.success) return parsed.data;
    throw new ConfigError(
      parsed.error.issues.map((issue) => ({
        path: ["options", ...issue.path].join("."),
        value: issue.path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], raw),
        message: issue.message,
      })),
    );
  } catch (error) {
    if (error instanceof ConfigError) throw error;
    throw new ConfigError([{ path: "options", message: `the processor's schema failed: ${messageOf(error)}` }]);
  }
}
