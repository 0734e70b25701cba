import { resolve } from "node:path";
import { Argument, Command } from "commander";
import { elapsedLog } from "../lab/elapsedLog";
import { readStacks } from "./labCommand/readInventory";
import { openSsh } from "./restoreCommand/openSsh";
import { planRestore } from "./restoreCommand/planRestore";
import { renderSnapshots } from "./restoreCommand/renderSnapshots";
import { runRestore } from "./restoreCommand/runRestore";
import { surveyControlPlanes } from "./restoreCommand/surveyControlPlanes";

interface Options {
  list: boolean;
  host?: string;
  lost: string[];
  snapshot: string;
}

const project = resolve(__dirname, "..");

/** `./scripts/restore CLUSTER`: from a majority of control planes lost for good back to one that serves. */
const program = new Command("restore")
  .description(
    "makes etcd a cluster of one on the control plane that is left; `pulumi up` then joins the rebuilt hosts",
  )
  .addArgument(new Argument("<cluster>", "name of the stack, for example edge"))
  .option("--list", "only shows the control planes, when their certificates end, and the snapshots they hold", false)
  .option("--host <name>", "the control plane to keep; default: the only one that has etcd's data")
  .option("--lost <names...>", "control planes that never come back as they were, although they do not answer now", [])
  .option("--snapshot <newest|path>", "a snapshot on that host instead of the data that its etcd has", "own")
  .action(async (cluster: string, { list, ...options }: Options) => {
    const { clusters } = readStacks(project);
    const config = clusters[cluster];
    if (config === undefined)
      throw new Error(`"${cluster}" is not the stack of a cluster; use ${Object.keys(clusters).join(" or ")}`);
    const ssh = openSsh(config, project);
    try {
      const log = elapsedLog();
      log(`asking the control planes of ${cluster}`);
      const surveys = await surveyControlPlanes(config, ssh);
      process.stdout.write(`${renderSnapshots(surveys, new Date())}\n`);
      if (!list) await runRestore(config, planRestore(surveys, options), ssh, log);
    } finally {
      ssh.close();
    }
  });

program.parseAsync().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = 1;
});
