import * as pulumi from "@pulumi/pulumi";
import { parseConfig, type Config } from "../core/config";
import { ConfigError } from "../core/errors";

const project = "iotef";

/**
 * The stack's configuration as one typed tree. The only reader of pulumi.Config: everything else gets plain data.
 * @throws pulumi.RunError with every problem, each with its config path
 */
export function readConfig(): Config {
  const values = pulumi.runtime.allConfig();
  const raw = Object.entries(values)
    .filter(([key]) => key.startsWith(`${project}:`))
    .map(([key, text]) => [key.slice(project.length + 1), parseValue(text)] as const);
  try {
    return parseConfig(Object.fromEntries(raw));
  } catch (error) {
    throw error instanceof ConfigError ? new pulumi.RunError(error.message) : error;
  }
}

/** Pulumi hands every value over as text: objects and lists as JSON, the rest as written. */
function parseValue(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return text;
  }
}
