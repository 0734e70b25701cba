import { listNamespaces } from "./ip";
import { listTables, nft } from "./nft";
import { directionOfCut, type Cut, type Direction } from "./planCut";
import type { NetworkPlan } from "./planNetwork";

/** Puts a cut in force. @returns false when it was already */
export async function addCut(plan: NetworkPlan, cut: Cut): Promise<boolean> {
  if (await isCut(plan, cut)) return false;
  await nft(plan.router, ["-f", "-"], cut.rules);
  return true;
}

/** Ends a cut. @returns false when there was none */
export async function removeCut(plan: NetworkPlan, cut: Cut): Promise<boolean> {
  if (!(await isCut(plan, cut))) return false;
  await nft(plan.router, ["delete", "table", cut.family, cut.table]);
  return true;
}

/** Every direction that is cut now. */
export async function listCuts(plan: NetworkPlan): Promise<Direction[]> {
  if (!(await listNamespaces()).includes(plan.router)) return [];
  return (await listTables(plan.router)).flatMap(({ name }) => directionOfCut(name) ?? []);
}

async function isCut(plan: NetworkPlan, cut: Cut): Promise<boolean> {
  return (await listTables(plan.router)).some((table) => table.name === cut.table);
}
