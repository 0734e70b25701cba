import { setTimeout as sleep } from "node:timers/promises";
import { setFrozen } from "../machine/freezer";
import { groupOf, type RackContext } from "../rackContext";
import { requirePower } from "./requirePower";

/** Stops every process of a host for so long (milliseconds), to the millisecond: podman's pause takes longer to start than a hiccup lasts. */
export async function hiccupHost(context: RackContext, host: string, milliseconds: number): Promise<void> {
  const { id } = await requirePower(context, host, ["on"], "have a hiccup");
  const group = groupOf(context, id!);
  setFrozen(group, true);
  try {
    await sleep(milliseconds);
  } finally {
    setFrozen(group, false);
  }
  context.log(`${host} stood still for ${milliseconds} ms`);
}
