import type { Command } from "commander";
import { inParallel } from "../hosts/inParallel";
import { bootsAtOnce } from "../hosts/power";
import { hostsNamed } from "../inventory";
import { Rack } from "../rack";
import type { InventorySource } from "./inventorySource";

/** `lab heal [host...]`: mends hosts, or everything. */
export function addHeal(program: Command, inventory: InventorySource): void {
  program
    .command("heal")
    .argument("[host...]", "hosts to mend; without any: every host and every link")
    .description("end faults: hosts go on or boot again, with their disks, and are waited for")
    .action(async (names: string[]) => {
      const lab = inventory();
      const hosts = hostsNamed(lab, names).map(({ name }) => name);
      const rack = Rack.attach(lab);
      if (hosts.length === 0) await rack.healAll();
      else await inParallel(hosts, bootsAtOnce, String, (host) => rack.heal(host));
    });
}
