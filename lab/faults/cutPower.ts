import { awaitOff } from "../hosts/power";
import { killProcess } from "../machine/killProcess";
import { containerOf, type RackContext } from "../rackContext";
import { requirePower } from "./requirePower";

/**
 * Ends a host at once, as a power cut does: no process of it runs another instruction, its disks stay as they are.
 * @returns when the plug was pulled, milliseconds since the epoch
 */
export async function cutPower(context: RackContext, host: string): Promise<number> {
  const { power, pid } = await requirePower(context, host, ["on", "frozen", "off"], "lose its power");
  const pulled = Date.now();
  if (pid === undefined) context.log(`${host} is off already`);
  else killProcess(pid);
  // A frozen process takes the signal only when it is thawed, and then it is the first thing that happens to it.
  if (power === "frozen") await context.podman("unpause", containerOf(context, host));
  // Also of a host that is off: whoever turned it off may have been stopped half-way.
  await awaitOff(context, host);
  if (pid !== undefined) context.log(`${host} has lost its power`);
  return pulled;
}
