import { addCut } from "../network/cuts";
import { planCut } from "../network/planCut";
import type { RackContext } from "../rackContext";
import { directionsOf, type LinkOptions } from "./directions";

/** Loses all packets between two ends, each a site, a host, or `machine` (the operator). */
export async function cutLink(context: RackContext, from: string, to: string, options?: LinkOptions): Promise<void> {
  for (const direction of directionsOf(from, to, options)) {
    const news = await addCut(context.network, planCut(context.network, direction));
    context.log(`${direction.from} -> ${direction.to} is cut${news ? "" : " already"}`);
  }
}
