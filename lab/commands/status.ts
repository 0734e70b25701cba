import { alignColumns } from "../../core/alignColumns";
import type { Command } from "commander";
import { Rack } from "../rack";
import { describeLinks, type RackStatus } from "../rackStatus";
import type { InventorySource } from "./inventorySource";

/** `lab status`: hosts, mirror and faults. */
export function addStatus(program: Command, inventory: InventorySource): void {
  program
    .command("status")
    .description("show what every host and every cut link is doing")
    .option("--json", "as JSON")
    .action(async ({ json }: { json?: boolean }) => {
      const status = await Rack.status(inventory());
      process.stdout.write(json ? `${JSON.stringify(status, undefined, 2)}\n` : renderStatus(status));
    });
}

/** The status as a table for people. Pure. */
export function renderStatus({ hosts, mirror, ...links }: RackStatus): string {
  const rows = hosts.map((host) => [host.site, host.name, host.address, host.power, describe(host)]);
  return `${[...alignColumns(rows), `mirror: ${mirror}`, ...describeLinks(links)].join("\n")}\n`;
}

function describe({ power, faults, answersSsh }: RackStatus["hosts"][number]): string {
  if (faults.length > 0) return faults.join(", ");
  if (power !== "on") return "";
  return answersSsh ? "answers on SSH" : "does not answer on SSH";
}
