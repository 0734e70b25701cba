import { spawn } from "node:child_process";
import { supply } from "../lab/artifacts";
import { messageOf } from "../core/errors";
import { elapsedLog } from "../lab/elapsedLog";
import { brokerEnvironment } from "./testCommand/brokerEnvironment";

/** `./scripts/chaos [--rounds N] [--seed N] [--break NAME]`: brings the brokers' jars and the proxy, then runs test/chaos/main.ts. */
async function main(args: readonly string[]): Promise<number> {
  const supplied = await supply("faults", elapsedLog());
  const child = spawn(process.execPath, ["--import", "tsx", "test/chaos/main.ts", ...args], {
    stdio: "inherit",
    env: { ...process.env, ...brokerEnvironment(supplied) },
  });
  // The terminal tells the child too; it says what it has so far and ends.
  process.on("SIGINT", () => undefined);
  process.on("SIGTERM", () => child.kill("SIGTERM"));
  return new Promise((resolve) => child.once("exit", (code) => resolve(code ?? 1)));
}

main(process.argv.slice(2)).then(
  (code) => process.exit(code),
  (error: unknown) => {
    process.stderr.write(`${messageOf(error)}\n`);
    process.exit(1);
  },
);
