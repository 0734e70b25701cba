// The lab's commands that need the rack alone; for lab/cli.ts and scripts/lab.
import type { Command } from "commander";
import { addDown } from "./down";
import { addFault } from "./fault";
import { addHeal } from "./heal";
import type { InventorySource } from "./inventorySource";
import { addSsh } from "./ssh";
import { addStatus } from "./status";

export type { InventorySource } from "./inventorySource";
export { addDown, addFault, addHeal, addSsh, addStatus };

/** Adds down, status, ssh, fault and heal. */
export function addRackCommands(program: Command, inventory: InventorySource): void {
  addDown(program, inventory);
  addStatus(program, inventory);
  addSsh(program, inventory);
  addFault(program, inventory);
  addHeal(program, inventory);
}
