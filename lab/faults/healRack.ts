import { inParallel } from "../hosts/inParallel";
import { bootsAtOnce } from "../hosts/power";
import type { RackContext } from "../rackContext";
import { healHost } from "./healHost";
import { healLinks } from "./healLink";

/** Ends every fault of links and hosts. */
export async function healRack(context: RackContext): Promise<void> {
  await healLinks(context);
  const hosts = context.network.ports.map(({ host }) => host);
  await inParallel(hosts, bootsAtOnce, String, (host) => healHost(context, host));
}
