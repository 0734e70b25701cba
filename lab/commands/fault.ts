import type { Command } from "commander";
import { Rack } from "../rack";
import type { RunningRack } from "../runningRack";
import type { InventorySource } from "./inventorySource";

interface HostFault {
  verb: string;
  description: string;
  act: (rack: RunningRack, host: string) => Promise<void>;
}

const hostFaults: readonly HostFault[] = [
  { verb: "power-cut", description: "pull the plug", act: (rack, host) => rack.powerCut(host) },
  { verb: "power-off", description: "shut down cleanly", act: (rack, host) => rack.powerOff(host) },
  {
    verb: "power-on",
    description: "boot again after power-cut, power-off or wipe",
    act: (rack, host) => rack.powerOn(host),
  },
  { verb: "freeze", description: "stop every process where it stands", act: (rack, host) => rack.freeze(host) },
  { verb: "drop", description: "lose every packet that comes in", act: (rack, host) => rack.drop(host) },
  { verb: "unplug", description: "pull the network cable", act: (rack, host) => rack.unplug(host) },
  { verb: "wipe", description: "put a new machine in its place, powered off", act: (rack, host) => rack.wipe(host) },
];

/** `lab fault ...`: breaks something. Faults of several hosts happen side by side. */
export function addFault(program: Command, inventory: InventorySource): void {
  const fault = program.command("fault").description("break a host or a link");
  for (const { verb, description, act } of hostFaults) {
    fault
      .command(verb)
      .argument("<host...>")
      .description(description)
      .action(async (hosts: string[]) => {
        const rack = Rack.attach(inventory());
        await Promise.all(hosts.map((host) => act(rack, host)));
      });
  }
  fault
    .command("cut")
    .argument("<end>")
    .argument("<end>")
    .description("lose every packet between two ends: sites, hosts, or `machine` (where pulumi and kubectl run)")
    .action((left: string, right: string) => Rack.attach(inventory()).cutLink(left, right));
}
