import { readHostStates } from "./hostState";
import { thaw } from "./power";
import { containerOf, type RackContext } from "../rackContext";
import { acceptInput, healLink, listCuts, plugCable } from "../network/faults";

/** Mends every link, and every host that is not off. */
export async function healEverything(context: RackContext): Promise<void> {
  for (const [left, right] of await listCuts(context.network)) await healLink(context.network, left, right);
  const states = await readHostStates(context);
  for (const port of context.network.ports) {
    const power = states.get(containerOf(context, port.host))?.power;
    if (power === "frozen") await thaw(context, port.host);
    if (power !== "on" && power !== "frozen") continue;
    await acceptInput(port);
    await plugCable(context.network, port);
  }
}
