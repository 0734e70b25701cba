/** `runtime.options` of Pulumi.yaml, as the official Node host reads them. */
export interface RuntimeOptions {
  /** @default true */
  typescript: boolean;
  /** Path of another tsconfig.json, relative to the program. */
  tsconfig?: string;
  /** Arguments for node itself. */
  nodeargs: string[];
  /** @default "auto": npm */
  packagemanager: "auto" | "npm" | "yarn" | "pnpm" | "bun";
}

const PACKAGE_MANAGERS = ["auto", "npm", "yarn", "pnpm", "bun"] as const;

/** @throws naming the option that has a wrong type or value. */
export function readRuntimeOptions(options: Record<string, unknown>): RuntimeOptions {
  const { typescript = true, tsconfig, nodeargs = "", packagemanager = "auto" } = options;
  if (typeof typescript !== "boolean") throw new Error("typescript option must be a boolean");
  if (tsconfig !== undefined && typeof tsconfig !== "string") {
    throw new Error("tsconfigpath option must be a string");
  }
  if (typeof nodeargs !== "string") throw new Error("nodeargs option must be a string");
  const manager = PACKAGE_MANAGERS.find((name) => name === packagemanager);
  if (!manager) {
    throw new Error(
      `packagemanager option must be one of auto, npm, yarn, pnpm or bun, got ${JSON.stringify(packagemanager)}`,
    );
  }
  return { typescript, tsconfig, nodeargs: splitArguments(nodeargs), packagemanager: manager };
}

/** Splits a command line at spaces; quotes and backslashes keep them. @throws on a quote that is not closed. */
export function splitArguments(line: string): string[] {
  const words: string[] = [];
  let word: string | undefined;
  const parts = line.match(/"(?:\\.|[^"\\])*"|'[^']*'|\\.|\s+|[^\s"'\\]+|./gs) ?? [];
  for (const part of parts) {
    if (/^\s+$/.test(part)) {
      if (word !== undefined) words.push(word);
      word = undefined;
    } else if (part === '"' || part === "'" || part === "\\") {
      throw new Error(`nodeargs option: ${part} is not closed in ${JSON.stringify(line)}`);
    } else if (part.startsWith("'")) word = (word ?? "") + part.slice(1, -1);
    else if (part.startsWith('"')) word = (word ?? "") + part.slice(1, -1).replace(/\\(["\\])/g, "$1");
    else word = (word ?? "") + part.replace(/^\\/s, "");
  }
  if (word !== undefined) words.push(word);
  return words;
}
