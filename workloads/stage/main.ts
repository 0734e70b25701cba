/** Entry point of a stage's container. */
import type { AddressInfo } from "node:net";
import { ConfigError, messageOf } from "../../core/errors";
import { stageHttpPort } from "../../core/contract/stageConfig";
import { readStageConfig } from "./config";
import { serveHttp } from "./http";
import { loadProcess } from "./loadProcess";
import { createLog } from "./log";
import { StageMetrics } from "./metrics";
import { isDeviceSource } from "./processor";
import { Stage } from "./stage";

/** The environment variable of the port for health and metrics; 0: any, the log says which. @default stageHttpPort */
const portVariable = "IOTEF_HTTP_PORT";

async function main(): Promise<void> {
  const config = readStageConfig();
  const { module, options } = loadProcess(config.process, config.options);
  if (config.from === undefined && !isDeviceSource(module)) {
    throw new ConfigError([{ path: "from", message: `is missing; the process ${config.process} reads a stream` }]);
  }
  const log = createLog(config);
  const metrics = new StageMetrics(() => stage.owners);
  const fail = (reason: string) => {
    log.fatal({ reason }, "giving up, to be started anew");
    process.exit(1);
  };
  const stage: Stage = new Stage({ config, module, options, log, metrics, onLost: fail });
  process.on("unhandledRejection", (error) => fail(messageOf(error)));

  const server = await serveHttp(
    Number(process.env[portVariable] ?? stageHttpPort),
    () => stage.status,
    metrics.registry,
  );
  log.info({ port: (server.address() as AddressInfo).port }, "serving health and metrics");
  const stop = async (signal: string) => {
    log.info({ signal }, "draining");
    await stage.stop();
    server.close();
    log.info({}, "left the group");
    process.exit(0);
  };
  process.once("SIGTERM", (signal) => void stop(signal));
  process.once("SIGINT", (signal) => void stop(signal));
  stage.start();
}

main().catch((error: unknown) => {
  const text = error instanceof ConfigError ? error.message : (error as Error).stack;
  process.stderr.write(`${text}\n`);
  process.exit(1);
});
