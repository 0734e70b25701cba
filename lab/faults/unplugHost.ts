import { isUnplugged, pullCable } from "../network/cable";
import { portOf, type RackContext } from "../rackContext";
import { requirePower } from "./requirePower";

/** Pulls a host's network cable. */
export async function unplugHost(context: RackContext, host: string): Promise<void> {
  const port = portOf(context, host);
  await requirePower(context, host, ["on", "frozen"], "be unplugged");
  if (await isUnplugged(context.network, port)) return context.log(`${host} is unplugged already`);
  await pullCable(context.network, port);
  context.log(`${host} is unplugged`);
}
