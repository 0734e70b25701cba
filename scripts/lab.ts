import { spawn } from "node:child_process";
import { Command } from "commander";
import { ConfigError } from "../core/errors";
import { LabError } from "../lab/labError";
import { Rack } from "../lab/rack";
import { openSession } from "./labCommand/session";
import { showStatus } from "./labCommand/status";
import { up } from "./labCommand/up";

/** `./scripts/lab`: the embedded testbed, from nothing to images flowing from edge to cloud. */
const program = new Command("lab").description("The IoTEF testbed on this machine").enablePositionalOptions();

program
  .command("up")
  .description("build what is missing, boot the hosts, bring up every stack")
  .action(() => up(openSession()));
program
  .command("down")
  .description("remove hosts, network, state and every file of the lab but the cache")
  .action(async () => {
    const session = openSession();
    await Rack.down(session.inventory, session.log);
  });
program
  .command("status")
  .description("hosts, clusters, stages and their rates")
  .action(() => showStatus(openSession()));
program
  .command("ssh <host> [command...]")
  .description("a shell, or a command, on a host")
  .passThroughOptions()
  .action(async (host: string, command: string[]) => {
    const { inventory } = openSession();
    const { address } = inventory.sites.flatMap(({ hosts }) => hosts).find(({ name }) => name === host) ?? refuseHost(host);
    const options = ["-i", inventory.ssh.privateKeyFile, "-o", `UserKnownHostsFile=${inventory.ssh.knownHostsFile}`, "-o", "LogLevel=ERROR"];
    await passOn("ssh", [...options, `root@${address}`, ...command]);
  });
program
  .command("kubectl <cluster> [arguments...]")
  .description("kubectl against a cluster, as its administrator")
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (cluster: string, rest: string[]) => {
    const session = openSession();
    await passOn(session.supplied().kubectl!, ["--kubeconfig", await session.kubeconfig(cluster), ...rest]);
  });
program
  .command("pulumi <stack> [arguments...]")
  .description("the Pulumi CLI on a stack, with the lab's state and passphrase")
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (stack: string, rest: string[]) => {
    const { exitCode } = await openSession().pulumi(stack, rest, { allowFailure: true });
    process.exitCode = exitCode;
  });

function refuseHost(host: string): never {
  throw new LabError(`"${host}" is not a host of the lab; see ./scripts/lab status`);
}

/** Runs a program with this terminal and ends as it ends. */
function passOn(file: string, args: readonly string[]): Promise<void> {
  return new Promise((resolve, reject) => {
    const child = spawn(file, args, { stdio: "inherit" });
    child.on("error", reject);
    child.on("close", (code) => {
      process.exitCode = code ?? 1;
      resolve();
    });
  });
}

program.parseAsync().catch((error: unknown) => {
  const known = error instanceof LabError || error instanceof ConfigError;
  process.stderr.write(`${known ? error.message : ((error as Error).stack ?? String(error))}\n`);
  process.exitCode = 1;
});
