import { readFileSync } from "node:fs";
import { Command } from "commander";
import { addRackCommands } from "./commands";
import { runProgram } from "./commands/runProgram";
import type { Inventory } from "./inventory";

/** The rack's commands on an inventory file, for racks that no stack file describes. */
const program = new Command("lab")
  .enablePositionalOptions()
  .requiredOption(
    "--inventory <file>",
    "inventory of the rack, as `up` leaves it in the lab's folder (inventory.json)",
  );
addRackCommands(program, () => {
  const { inventory } = program.opts<{ inventory: string }>();
  return JSON.parse(readFileSync(inventory, "utf8")) as Inventory;
});
void runProgram(program, process.argv);
