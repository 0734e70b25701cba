import { readHostState, type HostState, type Power } from "../hosts/hostState";
import { LabError } from "../labError";
import type { RackContext } from "../rackContext";

/**
 * The state of a host that a fault needs in one of `powers`.
 * @param deed what cannot be done otherwise: `be frozen`
 * @throws LabError when it is in another
 */
export async function requirePower(
  context: RackContext,
  host: string,
  powers: readonly Power[],
  deed: string,
): Promise<HostState> {
  const state = await readHostState(context, host);
  if (powers.includes(state.power)) return state;
  const remedy = state.power === "absent" ? "run `scripts/lab up`" : `run \`scripts/lab heal ${host}\` first`;
  throw new LabError(`${host} is ${state.power} and cannot ${deed}; ${remedy}`);
}
