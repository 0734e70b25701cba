import { awaitOff, thaw } from "../hosts/power";
import { containerOf, type RackContext } from "../rackContext";
import { requirePower } from "./requirePower";

/** How long a clean power-off may take before the button is held, in seconds. Units get 8 s each (host image). */
const powerOffSeconds = 90;

/** Shuts a host down as its power button does, and waits until it is off. */
export async function stopHost(context: RackContext, host: string): Promise<void> {
  const { power } = await requirePower(context, host, ["on", "frozen", "off"], "be shut down");
  if (power === "off") context.log(`${host} is off already`);
  else {
    await thaw(context, host);
    await context.podman("stop", "--time", String(powerOffSeconds), containerOf(context, host));
  }
  // Also of a host that is off: whoever turned it off may have been stopped half-way.
  await awaitOff(context, host);
  if (power !== "off") context.log(`${host} is shut down`);
}
