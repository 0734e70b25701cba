import { until } from "../../core/wait";
import { LabError } from "../labError";
import { thawGroups } from "../machine/freezer";
import { removeCgroups } from "../machine/removeCgroups";
import { plugHost, unplugHost } from "../network/plugHost";
import { containerOf, groupOf, portOf, type RackContext } from "../rackContext";
import { readHostState } from "./hostState";

/** Two cores boot no faster with more. */
export const bootsAtOnce = 4;

/** Starts the boot of a host that is off, with a fresh network and fresh cgroups, without waiting for its end. */
export async function pressPower(context: RackContext, host: string): Promise<void> {
  const port = portOf(context, host);
  const { power } = await readHostState(context, host);
  if (power === "on" || power === "frozen") return;
  if (power === "absent") throw new LabError(`${host}: there is no such machine yet; run \`scripts/lab up\``);
  await plugHost(context.network, port);
  await context.podman("start", containerOf(context, host));
}

/** Lets a frozen host go on. @returns false when it was not frozen */
export async function thaw(context: RackContext, host: string): Promise<boolean> {
  const { power } = await readHostState(context, host);
  if (power !== "frozen") return false;
  await context.podman("unpause", containerOf(context, host));
  return true;
}

/** Waits until a host whose processes end is off, and takes its network and cgroups away. */
export async function awaitOff(context: RackContext, host: string): Promise<void> {
  const { id } = await until(
    `${host} is off`,
    async () => {
      const state = await readHostState(context, host);
      if (state.id) thawGroups(groupOf(context, state.id));
      if (state.power === "on" || state.power === "frozen") throw new Error(`it is ${state.power}, pid ${state.pid}`);
      return state;
    },
    { within: 300, every: 0.1 },
  );
  await unplugHost(context.network, portOf(context, host));
  if (id) await removeCgroups(groupOf(context, id));
}
