import { mkdirSync, realpathSync, writeFileSync } from "node:fs";
import { assertInventory } from "./checkInventory";
import { elapsedLog } from "./elapsedLog";
import { healHost, healLinks } from "./faults";
import { createHost } from "./hosts/createHost";
import { inParallel } from "./hosts/inParallel";
import { createKeys } from "./hosts/keys";
import { loadImage } from "./hosts/loadImage";
import { configurePodman } from "./hosts/podman";
import { bootsAtOnce } from "./hosts/power";
import { removeRack } from "./hosts/removeRack";
import type { Inventory } from "./inventory";
import { LabError } from "./labError";
import { checkMachine } from "./machine/checkMachine";
import { readRecord, writeRecord } from "./machine/record";
import { sweepDeadRack } from "./machine/sweep";
import { tuneKernel } from "./machine/tuneKernel";
import { weighSession } from "./machine/weighSession";
import { startMirror, type MirrorSources } from "./mirror/startMirror";
import { createNetwork } from "./network/createNetwork";
import { createContext, type RackContext } from "./rackContext";
import { readRackStatus, type RackStatus } from "./rackStatus";
import { RunningRack } from "./runningRack";

export interface RackOptions {
  /** Archive of the host image, as `podman load` takes it. */
  hostImage: string;
  /** What the mirror serves; without it the rack has none. */
  mirror?: MirrorSources;
  /** Takes progress lines. @default lines on standard error, with the seconds since the start */
  log?: (line: string) => void;
}

/** The rack of host containers on this machine. */
export const Rack = {
  /**
   * Boots every host of the inventory and waits until all answer on SSH. Hosts that run stay, and every fault
   * ends; what a killed lab left is cleared away; stopped half-way, it can simply be called again.
   * @throws LabError when another folder's lab is alive, or the machine or the inventory will not do
   */
  async up(inventory: Inventory, options: RackOptions): Promise<RunningRack> {
    assertInventory(inventory);
    mkdirSync(inventory.folder, { recursive: true });
    await checkMachine(inventory.folder);
    const context = createContext(withRealFolder(inventory), options.log ?? elapsedLog());
    await sweepDeadRack(inventory.session, context.paths, context.log);
    await prepareMachine(context);
    const image = await loadImage(context, options.hostImage);
    context.log("network and host image are there");
    await healLinks(context);
    if (options.mirror) await startMirror(context, image, options.mirror);
    await bootHosts(context, image);
    return new RunningRack(context);
  },

  /**
   * The rack that runs, for commands of a later process. Touches nothing.
   * @throws LabError when it is down
   */
  attach(inventory: Inventory, log: (line: string) => void = elapsedLog()): RunningRack {
    assertInventory(inventory);
    const context = createContext(withRealFolder(inventory), log);
    if (readRecord(context.paths)?.folder !== context.paths.folder)
      throw new LabError(`the lab of ${inventory.folder} is down; run \`scripts/lab up\``);
    return new RunningRack(context);
  },

  /** Removes the rack: containers, disks, network, mounts, cgroups; kernel parameters get their former values. */
  async down(inventory: Inventory, log: (line: string) => void = elapsedLog()): Promise<void> {
    await removeRack(createContext(withRealFolder(inventory), log));
  },

  /** What every host and link is doing; also of a rack that is down. Changes nothing. */
  status(inventory: Inventory): Promise<RackStatus> {
    return readRackStatus(createContext(withRealFolder(inventory), () => undefined));
  },
};

async function prepareMachine(context: RackContext): Promise<void> {
  writeRecord(context.paths);
  tuneKernel();
  weighSession(context.inventory.session);
  configurePodman(context.paths);
  writeFileSync(context.paths.inventory, `${JSON.stringify(context.inventory, undefined, 2)}\n`);
  await createKeys(context.inventory, context.paths);
  await createNetwork(context.network);
}

async function bootHosts(context: RackContext, image: string): Promise<void> {
  const { ports } = context.network;
  await inParallel(
    ports,
    bootsAtOnce,
    (port) => port.host,
    async (port) => {
      await createHost(context, port, image);
      await healHost(context, port.host);
    },
  );
}

/** Mounts and records know the folder by its real path. */
function withRealFolder(inventory: Inventory): Inventory {
  mkdirSync(inventory.folder, { recursive: true });
  return { ...inventory, folder: realpathSync(inventory.folder) };
}
