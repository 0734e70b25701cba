import { join } from "node:path";
import { messageOf } from "../../core/errors";
import { supply } from "../../lab/artifacts";
import { stopOnSignal } from "../../lab/commands/stopOnSignal";
import { elapsedLog } from "../../lab/elapsedLog";
import { brokerEnvironment } from "./brokerEnvironment";
import { runChild } from "./runChild";

type Profile = Parameters<typeof supply>[0];
type Supplied = Awaited<ReturnType<typeof supply>>;

export interface Tool {
  /** Which artifacts it needs. */
  profile: Profile;
  /** Its entry point, a path below test/, which knows the options. */
  main: string;
  /** It is stopped after this time, minutes. */
  minutes: number;
  /** What it finds in the environment beside the brokers' places. */
  env?: (supplied: Supplied) => NodeJS.ProcessEnv;
}

/**
 * Brings the artifacts of a tool of test/ and runs it with the options of the command line, then ends this process: with the
 * tool's exit code, 1 when it took too long, 130 when stopped.
 */
export function runTool({ profile, main, minutes, env = () => ({}) }: Tool): void {
  const signal = stopOnSignal();
  const log = elapsedLog();
  const run = async (): Promise<number> => {
    const options = process.argv.slice(2);
    const args = ["--import", "tsx", join(__dirname, "..", "..", "test", main), ...options];
    let environment: NodeJS.ProcessEnv = {};
    // Who asks what there is to choose from waits for no compiler.
    if (!options.some((option) => /^(-h|--help|help)$/.test(option))) {
      const supplied = await supply(profile, log, signal);
      environment = { ...brokerEnvironment(supplied), ...env(supplied) };
    }
    const { exitCode, timedOut } = await runChild(args, { minutes, signal, env: environment });
    if (timedOut) log(`did not end within ${minutes} minutes and was stopped`);
    return signal.aborted ? 130 : (exitCode ?? 1);
  };
  run().then(
    (code) => process.exit(code),
    (error: unknown) => {
      process.stderr.write(`${messageOf(error)}\n`);
      process.exit(1);
    },
  );
}
