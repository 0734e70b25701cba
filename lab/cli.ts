import { existsSync, readFileSync } from "node:fs";
import { Command } from "commander";
import { addRackCommands } from "./commands";
import { runProgram } from "./commands/runProgram";
import type { Inventory } from "./inventory";
import { LabError } from "./labError";

/** The rack's commands on an inventory file, for racks that no stack file describes. */
const program = new Command("lab")
  .enablePositionalOptions()
  .requiredOption(
    "--inventory <file>",
    "inventory of the rack, as `up` leaves it in the lab's folder (inventory.json)",
  );
addRackCommands(program, () => {
  const { inventory } = program.opts<{ inventory: string }>();
  if (!existsSync(inventory)) throw new LabError(`${inventory} does not exist: the rack is down, or the path is wrong`);
  return JSON.parse(readFileSync(inventory, "utf8")) as Inventory;
});
void runProgram(program, process.argv);
