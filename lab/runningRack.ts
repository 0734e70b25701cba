import * as faults from "./faults";
import { inParallel } from "./hosts/inParallel";
import { readHostKey } from "./hosts/keys";
import { removeRack } from "./hosts/removeRack";
import { bootsAtOnce } from "./hosts/power";
import { readUsage, type HostUsage } from "./hosts/readUsage";
import { runOnHost } from "./hosts/runOnHost";
import { hostsOf, type Inventory, type PlacedHost } from "./inventory";
import { mirrorUrl } from "./network/planNetwork";
import { portOf, type RackContext } from "./rackContext";
import { readRackStatus, type RackStatus } from "./rackStatus";

/** A rack that is up. Hosts are named as in the inventory; every method is harmless when its work is done already, and says so. */
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

  /** CPU time and memory of every host that is on, by name. */
  usage(): Promise<Map<string, HostUsage>> {
    return readUsage(this.context);
  }

  /** Makes the host lose every packet that comes in: `iptables -A INPUT -j DROP` on it. */
  drop(host: string): Promise<void> {
    return faults.dropHost(this.context, host);
  }

  /** Pulls the plug: every process of the host is gone at once, its disks stay as they are. Returns when (milliseconds since the epoch). */
  cutPower(host: string): Promise<number> {
    return faults.cutPower(this.context, host);
  }

  /** Shuts the host down cleanly and waits until it is off. */
  stop(host: string): Promise<void> {
    return faults.stopHost(this.context, host);
  }

  /** Stops every process of the host where it stands. */
  freeze(host: string): Promise<void> {
    return faults.freezeHost(this.context, host);
  }

  /** Stops every process of the host for so long (milliseconds), then lets it go on. */
  hiccup(host: string, milliseconds: number): Promise<void> {
    return faults.hiccupHost(this.context, host, milliseconds);
  }

  /** Pulls the host's network cable. */
  unplug(host: string): Promise<void> {
    return faults.unplugHost(this.context, host);
  }

  /** Replaces the host by a new machine of the same name, address and SSH key, powered off: empty disks, new machine-id. */
  wipe(host: string): Promise<void> {
    return faults.wipeHost(this.context, host);
  }

  /** Loses all packets between two ends, each a site, a host, or `machine` (the operator). */
  cutLink(from: string, to: string, options?: faults.LinkOptions): Promise<void> {
    return faults.cutLink(this.context, from, to, options);
  }

  /** Makes all packets between two sites take so much longer each way. */
  delayLink(from: string, to: string, milliseconds: number, options?: faults.LinkOptions): Promise<void> {
    return faults.delayLink(this.context, from, to, milliseconds, options);
  }

  /** Ends the cuts and delays between two ends, both ways. */
  healLink(from: string, to: string): Promise<void> {
    return faults.healLink(this.context, from, to);
  }

  /** Ends whatever was done to one host, and waits until it answers: one that is off boots. */
  heal(host: string): Promise<void> {
    return faults.healHost(this.context, host);
  }

  /** Ends whatever was done to hosts, in this order; each boots without waiting for the others. */
  healInOrder(hosts: readonly string[]): Promise<void> {
    return inParallel(hosts, bootsAtOnce, String, (host) => faults.healHost(this.context, host));
  }

  /** Ends every fault. */
  healAll(): Promise<void> {
    return faults.healRack(this.context);
  }

  down(): Promise<void> {
    return removeRack(this.context);
  }
}
