import { join } from "node:path";
import { supply } from "../lab/artifacts";
import { stopOnSignal } from "../lab/commands/stopOnSignal";
import { elapsedLog } from "../lab/elapsedLog";
import { messageOf } from "../core/errors";
import { brokerEnvironment } from "./testCommand/brokerEnvironment";
import { runChild } from "./testCommand/runChild";

/** A thousand rounds take some six hours on two cores. */
const minutes = 24 * 60;
const signal = stopOnSignal();

/**
 * `./scripts/chaos`: brings the brokers' jars and the proxy, then runs test/chaos/main.ts, which knows the options. Exit code 1
 * when a round was not exactly once, 130 when stopped.
 */
async function main(options: readonly string[]): Promise<number> {
  const supplied = await supply("faults", elapsedLog(), signal);
  const args = ["--import", "tsx", join(__dirname, "..", "test", "chaos", "main.ts"), ...options];
  const { exitCode } = await runChild(args, { minutes, signal, env: brokerEnvironment(supplied) });
  return signal.aborted ? 130 : (exitCode ?? 1);
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
