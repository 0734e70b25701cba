import { readFileSync } from "node:fs";
import { z } from "zod";
import type { StreamEndpoint } from "../../../core/contract/stageConfig";

/** `host:port` of at least one broker. */
export const bootstrapServers = z.array(z.string().regex(/^[^:]+:\d+$/, "is no host:port")).min(1);

/** The brokers to begin with; from a file they are read anew each time. @throws what is wrong with the file, by its name */
export function readBootstrapServers(from: StreamEndpoint["bootstrapServers"]): string[] {
  if (Array.isArray(from)) return from;
  const lines = readFileSync(from.file, "utf8").split("\n").filter(Boolean);
  const parsed = bootstrapServers.safeParse(lines);
  if (parsed.success) return parsed.data;
  throw new Error(`${from.file}: ${JSON.stringify(lines)} are no brokers: give host:port, one a line, at least one`);
}
