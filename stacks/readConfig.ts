import { readFileSync } from "node:fs";
import * as pulumi from "@pulumi/pulumi";
import { parseConfig, type Config } from "../core/config";
import { ConfigError, messageOf } from "../core/errors";

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
    return withDigests(parseConfig(Object.fromEntries(raw)));
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

/** The digests of images.digestsFile join those that the stack file names itself. */
function withDigests<T extends Config>(config: T): T {
  const { digests, digestsFile } = config.images;
  if (digestsFile === undefined) return config;
  try {
    const built = JSON.parse(readFileSync(digestsFile, "utf8")) as Record<string, string>;
    return { ...config, images: { ...config.images, digests: { ...built, ...digests } } };
  } catch (error) {
    const message = `cannot be read (${messageOf(error)}); build the images, or remove the key to run them by tag`;
    throw new ConfigError([{ path: "iotef:images.digestsFile", value: digestsFile, message }]);
  }
}
