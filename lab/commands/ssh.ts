import type { Command } from "commander";
import { sshArguments } from "../hosts/runOnHost";
import { hostNamed } from "../inventory";
import type { InventorySource } from "./inventorySource";
import { runInTerminal } from "./runInTerminal";

/** `lab ssh HOST [command...]`: a shell, or one command, on a host. Ends with the exit code of the command. */
export function addSsh(program: Command, inventory: InventorySource): void {
  program
    .command("ssh")
    .argument("<host>")
    .argument("[command...]")
    .description("log in to a host as root, or run a command on it")
    .passThroughOptions()
    .action(async (host: string, command: string[]) => {
      const lab = inventory();
      // Batch mode stays on: hosts know the lab's key, so a question could only mean that something is wrong.
      const args = [...sshArguments(lab, hostNamed(lab, host).address), ...command];
      process.exitCode = await runInTerminal("ssh", command.length === 0 ? ["-t", ...args] : args);
    });
}
