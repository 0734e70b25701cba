import type { Command } from "commander";
import { Rack } from "../rack";
import type { InventorySource } from "./inventorySource";

/** `lab heal`: mends one host, one link, or everything. */
export function addHeal(program: Command, inventory: InventorySource): void {
  program
    .command("heal")
    .argument("[host-or-end]", "a host to thaw, plug in and listen again; with a second name: the end of a cut link")
    .argument("[end]")
    .description("end faults: without names all of them; hosts that are off stay off (`fault power-on`)")
    .action(async (first: string | undefined, second: string | undefined) => {
      const rack = Rack.attach(inventory());
      if (first === undefined) await rack.healAll();
      else if (second === undefined) await rack.heal(first);
      else await rack.healLink(first, second);
    });
}
