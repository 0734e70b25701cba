import { dropInput, isDropping } from "../network/inputDrop";
import { portOf, type RackContext } from "../rackContext";
import { requirePower } from "./requirePower";

/** Makes a host lose every packet that comes in: the reference's fault, `iptables -A INPUT -j DROP` on it. */
export async function dropHost(context: RackContext, host: string): Promise<void> {
  const port = portOf(context, host);
  await requirePower(context, host, ["on", "frozen"], "drop what comes in");
  if (await isDropping(port)) return context.log(`${host} drops all input already`);
  await dropInput(port);
  context.log(`${host} drops all input`);
}
