import { readFileSync } from "node:fs";
import { z } from "zod";
import { ConfigError, messageOf } from "../../core/errors";
import { stagePaths, type StageConfig } from "../../core/contract/stageConfig";
import { bootstrapServers } from "./kafka/bootstrapServers";

/** The environment variable that names the configuration file. @default stagePaths.config */
export const configVariable = "IOTEF_STAGE_CONFIG";

const name = z
  .string()
  .regex(/^[a-zA-Z0-9][a-zA-Z0-9._-]{0,120}$/, "is no name; use letters, digits, dots, dashes, underscores");
const count = z.number().int().positive();

const endpoint = z.strictObject({
  cluster: name,
  clusterId: z.string().min(1),
  topic: name,
  partitions: count.max(10_000),
  bootstrapServers: z.union([bootstrapServers, z.strictObject({ file: z.string().min(1) })]),
  security: z
    .strictObject({ caFile: z.string().min(1), usernameFile: z.string().min(1), passwordFile: z.string().min(1) })
    .optional(),
  maxMessageBytes: count.min(16_384),
});

const timing = z.strictObject({
  sessionMs: count.min(1000).optional(),
  transactionTimeoutMs: count.min(5000).optional(),
  maxCommitIntervalMs: count.optional(),
});

const schema = z
  .strictObject({
    pipeline: name,
    stage: name,
    process: name,
    place: name,
    generation: z.number().int().nonnegative(),
    laneGroups: count.max(1000),
    from: endpoint.optional(),
    to: endpoint,
    checkpointTopic: name,
    deadLetterTopic: name,
    options: z.record(z.string(), z.unknown()).default({}),
    acceptLoss: z.boolean().optional(),
    timing: timing.optional(),
  })
  .superRefine((config, context) => {
    const lanes = (config.from ?? config.to).partitions;
    if (config.to.partitions < lanes) {
      context.addIssue({
        code: "custom",
        path: ["to", "partitions"],
        message: `is fewer than the source's ${lanes}: each lane writes the partition of its own number; give the stream at least as many`,
      });
    }
  });

/**
 * Validates the configuration of a stage.
 * @param where file name, for the messages
 * @throws ConfigError with every problem
 */
export function parseStageConfig(raw: unknown, where: string): StageConfig {
  const parsed = schema.safeParse(raw);
  if (parsed.success) return parsed.data;
  throw new ConfigError(
    parsed.error.issues.map((issue) => ({
      path: `${where}: ${issue.path.join(".") || "the whole file"}`,
      value: valueAt(raw, issue.path),
      message: issue.message,
    })),
  );
}

/** Reads the file that the stack mounted. @throws ConfigError */
export function readStageConfig(environment: NodeJS.ProcessEnv = process.env): StageConfig {
  const file = environment[configVariable] ?? stagePaths.config;
  let raw: unknown;
  try {
    raw = JSON.parse(readFileSync(file, "utf8"));
  } catch (error) {
    throw new ConfigError([
      { path: file, message: `cannot be read as JSON (${messageOf(error)}); mount the stage's configuration there` },
    ]);
  }
  return parseStageConfig(raw, file);
}

function valueAt(raw: unknown, path: readonly PropertyKey[]): unknown {
  return path.reduce<unknown>((at, key) => (at as Record<PropertyKey, unknown> | undefined)?.[key], raw);
}
