import { dirname, join, resolve } from "node:path";
import { Command } from "commander";
import { supply } from "../lab/artifacts";
import { runProgram } from "../lab/commands/runProgram";
import { stopOnSignal } from "../lab/commands/stopOnSignal";
import { elapsedLog } from "../lab/elapsedLog";
import { findJdk } from "./auditCommand/findJava";
import { brokerEnvironment } from "./testCommand/brokerEnvironment";
import { runChild } from "./testCommand/runChild";

interface StageOptions {
  quick: boolean;
  only: string[];
  json?: string;
}

/** A full run takes about 15 minutes on two cores. */
const minutes = 60;
const log = elapsedLog();
const signal = stopOnSignal();

/** `./scripts/bench stage`: how the stage runtime compares with its peers. Exit code 1 when one of them failed, 130 when stopped. */
const program = new Command("bench").description("measurements beside peers, on this machine; nothing is asserted");
program
  .command("stage")
  .description(
    "records per second, added latency and CPU time of the stage runtime, a plain kafkajs copy, MirrorMaker 2 and Kafka Streams",
  )
  .option("--quick", "shorter runs, for a first impression", false)
  .option(
    "--only <name...>",
    "contenders (ours, plain, mirrormaker, streams), loads (images, readings), distances (near, far)",
    [],
  )
  .option("--json <file>", "also write all figures to a file")
  .action(async ({ quick, only, json }: StageOptions) => {
    const supplied = await supply("bench", log, signal);
    const args = [
      ...(quick ? ["--quick"] : []),
      ...(json === undefined ? [] : ["--json", resolve(json)]),
      ...(only.length === 0 ? [] : ["--only", ...only]),
    ];
    const env = {
      ...brokerEnvironment(supplied),
      IOTEF_KAFKA_PEERS: supplied.kafkaPeers!,
      // The peers' sources are compiled as they are run, which the small runtime of the artifacts cannot.
      IOTEF_JAVA_HOME: dirname(dirname(findJdk())),
    };
    const main = join(__dirname, "..", "test", "bench", "main.ts");
    const { exitCode, timedOut } = await runChild(["--import", "tsx", main, ...args], { minutes, signal, env });
    if (timedOut) log(`the bench did not end within ${minutes} minutes and was stopped; --quick makes it shorter`);
    process.exitCode = signal.aborted ? 130 : (exitCode ?? 1);
  });

void runProgram(program, process.argv);
