import { until } from "../../core/wait";
import { containerOf, type RackContext } from "../rackContext";
import { requirePower } from "./requirePower";

/** Stops every process of a host where it stands, as a machine that hangs: its addresses and connections remain. */
export async function freezeHost(context: RackContext, host: string): Promise<void> {
  const { power } = await requirePower(context, host, ["on", "frozen"], "be frozen");
  if (power === "frozen") return context.log(`${host} is frozen already`);
  // Where the cores are all taken the kernel may not have stopped every process when runc looks, which lets them all go on then.
  await until(`${host} is frozen`, () => context.podman("pause", containerOf(context, host)), { within: 300 });
  context.log(`${host} is frozen`);
}
