import { rmSync } from "node:fs";
import { Command } from "commander";
import { addFault, addHeal, addSsh } from "../lab/commands";
import { runInTerminal } from "../lab/commands/runInTerminal";
import { runProgram } from "../lab/commands/runProgram";
import { Rack } from "../lab/rack";
import { openSession } from "./labCommand/session";
import { showStatus } from "./labCommand/status";
import { up } from "./labCommand/up";
import { watchStream } from "./labCommand/watch";
import { stopOnSignal } from "../lab/commands/stopOnSignal";

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
    const { inventory, log } = openSession();
    await Rack.down(inventory, log);
    // The state describes hosts that are gone; keys and passphrase are of no use without it.
    rmSync(inventory.folder, { recursive: true, force: true });
  });
program
  .command("status")
  .description("hosts, clusters, stages and their rates")
  .action(() => showStatus(openSession()));
program
  .command("watch <stream>")
  .description("what arrives in a stream, second by second, and the longest silence; Ctrl-C ends it")
  .action((stream: string) => watchStream(openSession(), stream, stopOnSignal()));
addSsh(program, () => openSession().inventory);
addFault(program, () => openSession().inventory);
addHeal(program, () => openSession().inventory);
program
  .command("kubectl <cluster> [arguments...]")
  .description("kubectl against a cluster, as its administrator")
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (cluster: string, rest: string[]) => {
    const session = openSession();
    const kubeconfig = await session.kubeconfig(cluster);
    process.exitCode = await runInTerminal(session.supplied().kubectl!, ["--kubeconfig", kubeconfig, ...rest]);
  });
program
  .command("pulumi <stack> [arguments...]")
  .description("the Pulumi CLI on a stack, with the lab's state and passphrase")
  .passThroughOptions()
  .allowUnknownOption()
  .action(async (stack: string, rest: string[]) => {
    process.exitCode = (await openSession().pulumi(stack, rest, { allowFailure: true })).exitCode;
  });

void runProgram(program, process.argv);
