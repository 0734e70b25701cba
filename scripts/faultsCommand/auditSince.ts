import { auditStage } from "../auditCommand/auditStage";
import type { Verdict } from "../auditCommand/verdict";
import type { World } from "./world";

/** Audits every stage, once it has caught up. @param since milliseconds since the epoch @default all records */
export async function auditSince(world: World, since?: number): Promise<Verdict[]> {
  const outputs = new Map([...world.clusters].map(([name, cluster]) => [name, cluster.outputs]));
  const verdicts: Verdict[] = [];
  for (const stage of world.stages)
    verdicts.push(await auditStage(stage, outputs, { settle: true, since }, world.java, world.log));
  return verdicts;
}

export interface Losses {
  compared: number;
  lost: number;
  doubled: number;
  outOfOrder: number;
  /** Records that had not been passed on when the audit gave up waiting. */
  stuck: number;
  /** Of any kind; false too where a record is in a wrong lane or was never in the source. */
  ok: boolean;
}

/** Sums over stages. Pure. */
export function sumLosses(verdicts: readonly Verdict[]): Losses {
  const sum = (key: "compared" | "lost" | "doubled" | "outOfOrder" | "onItsWay"): number =>
    verdicts.reduce((total, verdict) => total + verdict[key], 0);
  const stuck = sum("onItsWay");
  return {
    compared: sum("compared"),
    lost: sum("lost"),
    doubled: sum("doubled"),
    outOfOrder: sum("outOfOrder"),
    stuck,
    ok: verdicts.every(({ ok }) => ok) && stuck === 0,
  };
}

/** Pure. */
export function describeLosses({ compared, lost, doubled, outOfOrder, stuck }: Losses): string {
  const rest = stuck > 0 ? `, ${stuck} still before the stage` : "";
  return `${lost} lost, ${doubled} doubled, ${outOfOrder} out of order of ${compared}${rest}`;
}
