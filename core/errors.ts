/** One thing wrong with the configuration: where it stands, what stands there, and what to do about it. */
export interface Problem {
  /** Config path as `pulumi config set --path` takes it, for example `iotef:placement.compress`. */
  path: string;
  /** What stands there; undefined where the key is missing. */
  value?: unknown;
  /** What is wrong and how to mend it, one sentence. */
  message: string;
}

/** A mistake of the person who wrote the configuration: shown without a stack trace, all problems at once. */
export class ConfigError extends Error {
  constructor(readonly problems: readonly Problem[]) {
    const head =
      problems.length === 1 ? "1 problem in the configuration" : `${problems.length} problems in the configuration`;
    super(`${head}; nothing was changed:\n${problems.map((problem) => `  - ${formatProblem(problem)}`).join("\n")}`);
    this.name = "ConfigError";
  }
}

/** `iotef:placement.filter: "clod" is not a cluster; use edge or cloud`: the message follows the value where there is one. */
export function formatProblem({ path, value, message }: Problem): string {
  const shown = value === undefined ? "" : `${JSON.stringify(value)} `;
  return `${path}: ${shown}${message}`;
}

/** The text of anything thrown. */
export function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
