import { listDelays, startDelay } from "../network/delays";
import { planDelay } from "../network/planDelay";
import type { RackContext } from "../rackContext";
import { directionsOf, type LinkOptions } from "./directions";

/** Makes all packets between two sites take so much longer each way; another delay of the link gives way to this one. */
export async function delayLink(
  context: RackContext,
  from: string,
  to: string,
  milliseconds: number,
  options?: LinkOptions,
): Promise<void> {
  for (const direction of directionsOf(from, to, options)) {
    const delay = planDelay(context.network, { ...direction, milliseconds });
    const link = `${direction.from} -> ${direction.to}`;
    const now = (await listDelays(context.network)).find((it) => `${it.from} -> ${it.to}` === link)?.milliseconds;
    if (now === milliseconds) context.log(`${link} is delayed by ${milliseconds} ms already`);
    else {
      await startDelay(context.network, delay);
      context.log(`${link} is delayed by ${milliseconds} ms${now === undefined ? "" : `, no longer by ${now} ms`}`);
    }
  }
}
