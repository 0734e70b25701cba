import { until } from "../../core/wait";
import { plugHost, unplugHost } from "../network/plugHost";
import { killProcess } from "../machine/killProcess";
import { removeCgroups } from "../machine/removeCgroups";
import { containerOf, portOf, type RackContext } from "../rackContext";
import { awaitHost } from "./awaitHost";
import { readHostState } from "./hostState";
import { LabError } from "../labError";

/** How long a clean power-off may take before the button is held, in seconds. Units get 8 s each (host image). */
const powerOffSeconds = 90;

/** Boots a host that is off, with a fresh network and fresh cgroups, and waits until it answers; one that runs stays. */
export async function powerOn(context: RackContext, host: string): Promise<void> {
  await pressPower(context, host);
  await awaitHost(context, host);
}

/** Starts a host's boot without waiting for its end. */
export async function pressPower(context: RackContext, host: string): Promise<void> {
  const port = portOf(context, host);
  const { power } = await readHostState(context, host);
  if (power === "on" || power === "frozen") return;
  if (power === "absent") throw new LabError(`${host}: there is no such machine yet; run \`scripts/lab up\``);
  await plugHost(context.network, port);
  await context.podman("start", containerOf(context, host));
}

/** Shuts a host down as its power button does, and waits until it is off. */
export async function powerOff(context: RackContext, host: string): Promise<void> {
  const { power } = await readHostState(context, host);
  if (power === "frozen") await thaw(context, host);
  if (power === "on" || power === "frozen") {
    await context.podman("stop", "--time", String(powerOffSeconds), containerOf(context, host));
  }
  await clearAfterPowerOff(context, host);
}

/** Ends a host at once, as a power cut does: no process of it runs another instruction. */
export async function powerCut(context: RackContext, host: string): Promise<void> {
  const { power, pid } = await readHostState(context, host);
  if (pid !== undefined) killProcess(pid);
  // A frozen process takes the signal only when it is thawed, and then it is the first thing that happens to it.
  if (power === "frozen") await context.podman("unpause", containerOf(context, host));
  await clearAfterPowerOff(context, host);
}

/** Stops every process of a host where it stands, as a machine that hangs: its addresses and connections remain. */
export async function freeze(context: RackContext, host: string): Promise<void> {
  const { power } = await readHostState(context, host);
  if (power === "frozen") return;
  if (power !== "on") throw new LabError(`${host} is ${power}: only a host that is on can be frozen`);
  await context.podman("pause", containerOf(context, host));
}

/** Lets a frozen host go on. */
export async function thaw(context: RackContext, host: string): Promise<void> {
  const { power } = await readHostState(context, host);
  if (power === "frozen") await context.podman("unpause", containerOf(context, host));
}

async function clearAfterPowerOff(context: RackContext, host: string): Promise<void> {
  const { id } = await until(
    `${host} is off`,
    async () => {
      const state = await readHostState(context, host);
      if (state.power === "on" || state.power === "frozen") throw new Error(`it is ${state.power}, pid ${state.pid}`);
      return state;
    },
    { within: 60, every: 0.1 },
  );
  await unplugHost(context.network, portOf(context, host));
  if (id) await removeCgroups(`${context.inventory.session}/libpod-${id}`);
}
