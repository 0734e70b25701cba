import type { Command } from "commander";
import { Rack } from "../rack";
import type { InventorySource } from "./inventorySource";

/** `lab down`: removes the rack. */
export function addDown(program: Command, inventory: InventorySource): void {
  program
    .command("down")
    .description("remove every host with its disks, the network and the mirror; the cache and the SSH keys stay")
    .action(() => Rack.down(inventory()));
}
