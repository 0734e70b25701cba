import { readHostKey } from "./hosts/keys";
import { freeze, powerCut, powerOff, powerOn, thaw } from "./hosts/power";
import { removeRack } from "./hosts/removeRack";
import { wipeHost } from "./hosts/wipeHost";
import { hostsOf, type Inventory, type PlacedHost } from "./inventory";
import { healEverything } from "./hosts/healEverything";
import { acceptInput, cutLink, dropInput, healLink, plugCable, pullCable } from "./network/faults";
import { mirrorUrl } from "./network/planNetwork";
import { portOf, type RackContext } from "./rackContext";
import { readRackStatus, type RackStatus } from "./rackStatus";
import { runOnHost } from "./hosts/runOnHost";

/** A rack that is up. Hosts are named as in the inventory; every method is harmless when its work is done already. */
export class RunningRack {
  readonly inventory: Inventory;
  readonly hosts: PlacedHost[];
  /** What `iotef:mirror` is set to on this rack. */
  readonly mirrorUrl: string;

  constructor(private readonly context: RackContext) {
    this.inventory = context.inventory;
    this.hosts = hostsOf(context.inventory);
    this.mirrorUrl = mirrorUrl(context.network);
  }

  /** A host's public SSH key, as config takes it. */
  hostKey(host: string): string {
    return readHostKey(this.context.paths, portOf(this.context, host).host);
  }

  /** Runs a shell command on a host over SSH and returns its standard output. */
  run(host: string, command: string): Promise<string> {
    return runOnHost(this.context, host, command);
  }

  status(): Promise<RackStatus> {
    return readRackStatus(this.context);
  }

  /** Pulls the plug: every process of the host is gone at once, its disks stay as they are. */
  powerCut(host: string): Promise<void> {
    return powerCut(this.context, host);
  }

  /** Shuts the host down cleanly and waits until it is off. */
  powerOff(host: string): Promise<void> {
    return powerOff(this.context, host);
  }

  /** Boots a host that is off and waits until it answers on SSH. */
  powerOn(host: string): Promise<void> {
    return powerOn(this.context, host);
  }

  /** Stops every process of the host where it stands. */
  freeze(host: string): Promise<void> {
    return freeze(this.context, host);
  }

  thaw(host: string): Promise<void> {
    return thaw(this.context, host);
  }

  /** Replaces the host by a new machine of the same name, address and SSH key, powered off: empty disks, new machine-id. */
  wipe(host: string): Promise<void> {
    return wipeHost(this.context, host);
  }

  /** Loses all packets between two ends, each a site, a host, or `machine` (the operator). */
  cutLink(left: string, right: string): Promise<void> {
    return cutLink(this.context.network, left, right);
  }

  healLink(left: string, right: string): Promise<void> {
    return healLink(this.context.network, left, right);
  }

  /** Makes the host lose every packet that comes in, as `iptables -A INPUT -j DROP` on it. */
  drop(host: string): Promise<void> {
    return dropInput(portOf(this.context, host));
  }

  /** Pulls the host's network cable. */
  unplug(host: string): Promise<void> {
    return pullCable(this.context.network, portOf(this.context, host));
  }

  /** Ends what was done to one host short of its power: `freeze`, `drop`, `unplug`. */
  async heal(host: string): Promise<void> {
    await thaw(this.context, host);
    await acceptInput(portOf(this.context, host));
    await plugCable(this.context.network, portOf(this.context, host));
  }

  /** Ends every fault but power: hosts that are off stay off. */
  async healAll(): Promise<void> {
    await healEverything(this.context);
  }

  down(): Promise<void> {
    return removeRack(this.context);
  }
}
