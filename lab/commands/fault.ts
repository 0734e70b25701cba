import type { Command } from "commander";
import { endsOfLink } from "../faults";
import { inParallel } from "../hosts/inParallel";
import { hostsNamed } from "../inventory";
import { millisecondsIn } from "../network/planDelay";
import { Rack } from "../rack";
import type { RunningRack } from "../runningRack";
import type { InventorySource } from "./inventorySource";

interface HostFault {
  verb: string;
  description: string;
  act: (rack: RunningRack, host: string) => Promise<unknown>;
}

const hostFaults: readonly HostFault[] = [
  {
    verb: "drop",
    description: "lose every packet that comes in (iptables -A INPUT -j DROP)",
    act: (rack, host) => rack.drop(host),
  },
  { verb: "power", description: "pull the plug", act: (rack, host) => rack.cutPower(host) },
  { verb: "stop", description: "shut down cleanly", act: (rack, host) => rack.stop(host) },
  { verb: "freeze", description: "stop every process where it stands", act: (rack, host) => rack.freeze(host) },
  { verb: "unplug", description: "pull the network cable", act: (rack, host) => rack.unplug(host) },
  { verb: "wipe", description: "put a new machine in its place, powered off", act: (rack, host) => rack.wipe(host) },
];

/** `lab fault ...`: breaks something; `lab heal` mends it. Faults of several hosts happen side by side. */
export function addFault(program: Command, inventory: InventorySource): void {
  const fault = program.command("fault").description("break a host or a link; `heal` mends it");
  for (const { verb, description, act } of hostFaults) {
    fault
      .command(verb)
      .argument("<host...>")
      .description(description)
      .action(async (names: string[]) => {
        const lab = inventory();
        const hosts = hostsNamed(lab, names).map(({ name }) => name);
        const rack = Rack.attach(lab);
        await inParallel(hosts, hosts.length, String, async (host) => void (await act(rack, host)));
      });
  }
  addLink(fault, inventory);
}

function addLink(fault: Command, inventory: InventorySource): void {
  const link = fault
    .command("link")
    .description("break what goes between two ends: sites, hosts, or `machine` (where pulumi and kubectl run)");
  const twoEnds = "two ends; default: the two sites";
  const oneWay = ["--one-way", "only what goes from the first end to the second"] as const;
  link
    .command("cut")
    .argument("[ends...]", twoEnds)
    .option(...oneWay)
    .description("lose every packet")
    .action(async (names: string[], options: { oneWay?: boolean }) => {
      const lab = inventory();
      const ends = endsOfLink(lab, names, options);
      await Rack.attach(lab).cutLink(...ends, options);
    });
  link
    .command("delay")
    .argument("[sites...]", twoEnds)
    .requiredOption("--ms <milliseconds>", "how much longer each packet takes, each way", millisecondsIn)
    .option(...oneWay)
    .description("make every packet between two sites take longer")
    .action(async (names: string[], { ms, ...options }: { ms: number; oneWay?: boolean }) => {
      const lab = inventory();
      const ends = endsOfLink(lab, names, options);
      await Rack.attach(lab).delayLink(...ends, ms, options);
    });
  link
    .command("heal")
    .argument("[ends...]", twoEnds)
    .description("end the cuts and delays between two ends, both ways")
    .action(async (names: string[]) => {
      const lab = inventory();
      const ends = endsOfLink(lab, names);
      await Rack.attach(lab).healLink(...ends);
    });
}
