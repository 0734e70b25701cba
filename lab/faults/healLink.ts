import { listCuts, removeCut } from "../network/cuts";
import { listDelays, stopDelay } from "../network/delays";
import { planCut } from "../network/planCut";
import { planDelay } from "../network/planDelay";
import type { RackContext } from "../rackContext";
import { directionsOf } from "./directions";

/** Ends the cuts and delays between two ends, both ways. One that is whole is fine. */
export async function healLink(context: RackContext, from: string, to: string): Promise<void> {
  const directions = directionsOf(from, to);
  for (const direction of directions) {
    const news = await removeCut(context.network, planCut(context.network, direction));
    if (news) context.log(`${direction.from} -> ${direction.to} is whole`);
  }
  for (const delay of await listDelays(context.network)) {
    if (!directions.some((direction) => direction.from === delay.from && direction.to === delay.to)) continue;
    await stopDelay(context.network, planDelay(context.network, delay));
    context.log(`${delay.from} -> ${delay.to} is no longer delayed`);
  }
}

/** Ends every cut and delay. */
export async function healLinks(context: RackContext): Promise<void> {
  for (const { from, to } of [...(await listCuts(context.network)), ...(await listDelays(context.network))])
    await healLink(context, from, to);
}
