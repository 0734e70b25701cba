import { awaitHost } from "../hosts/awaitHost";
import { pressPower, thaw } from "../hosts/power";
import { isUnplugged, plugCable } from "../network/cable";
import { acceptInput, isDropping } from "../network/inputDrop";
import { portOf, type RackContext } from "../rackContext";

/**
 * Ends whatever was done to a host, from outside, for it may not answer: it goes on or boots, with its disks, name and
 * address, and is waited for. One that is well is fine.
 */
export async function healHost(context: RackContext, host: string): Promise<void> {
  const port = portOf(context, host);
  if (await thaw(context, host)) context.log(`${host} goes on`);
  await pressPower(context, host);
  if (await isDropping(port)) {
    await acceptInput(port);
    context.log(`${host} takes input again`);
  }
  if (await isUnplugged(context.network, port)) {
    await plugCable(context.network, port);
    context.log(`${host} is plugged in`);
  }
  await awaitHost(context, host);
  context.log(`${host} answers on ${port.address}`);
}
