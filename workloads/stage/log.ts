import pino, { type Logger } from "pino";
import type { StageConfig } from "../../core/contract/stageConfig";
import type { KafkaLog } from "./kafka/connection";

/** The environment variable of the log level. @default info */
export const logLevelVariable = "IOTEF_LOG_LEVEL";

/** One JSON object a line on stdout, each with the stage and its place. */
export function createLog(config: Pick<StageConfig, "pipeline" | "stage" | "place" | "generation">): Logger {
  const { pipeline, stage, place, generation } = config;
  return pino({
    level: process.env[logLevelVariable] ?? "info",
    base: { pipeline, stage, place, generation },
    timestamp: pino.stdTimeFunctions.isoTime,
    formatters: { level: (label) => ({ level: label }) },
  });
}

/** The stage's log as the Kafka folder takes it. */
export function kafkaLogInto(log: Logger): KafkaLog {
  return ({ level, message, fields }) => log[level](fields, message);
}
