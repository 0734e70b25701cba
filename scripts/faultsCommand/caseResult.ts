import { isDeepStrictEqual } from "node:util";
import type { ApiTimes } from "./apiTimes";
import type { Losses } from "./auditSince";
import type { BrokerStates } from "./readBrokers";
import type { NodeStates } from "./readNodes";
import type { Table5Case } from "./table5";
import type { ClusterUsage } from "./usage";

/** What was seen in one case on one cluster. Times are milliseconds. */
export interface CaseResult {
  cluster: string;
  number: number;
  down: string[];
  /** From the fault until the cluster had noticed; undefined where it did not, or nothing was broken. */
  noticedMs?: number;
  /** At the end of the hold; undefined where no API answered. */
  nodes?: NodeStates;
  /** From the fault to the end of the hold. */
  api: ApiTimes;
  /** At the end of the hold; undefined where no majority of brokers answered. */
  brokers?: BrokerStates;
  /** Between fault and healing. */
  recordsIn: number;
  recordsOut: number;
  /** In the hold, when the fault had been noticed. */
  recordsOutInHold: number;
  /** Of the output, from the fault until everything was whole: of all lanes together, and of the worst one. */
  longestGapMs: number;
  longestLaneGapMs: number;
  /** From healing until everything was whole. */
  wholeMs: number;
  losses: Losses;
  usage: { before: ClusterUsage; during: ClusterUsage; after: ClusterUsage };
}

/** What contradicts the expected; empty where all is as it should be. Pure. */
export function judgeCase(
  { expected }: Pick<Table5Case, "expected">,
  {
    down,
    noticedMs,
    nodes,
    api,
    recordsOutInHold,
    losses,
  }: Pick<CaseResult, "down" | "noticedMs" | "nodes" | "api" | "recordsOutInHold" | "losses">,
): string[] {
  const wrong = expected.api && nodes !== undefined && !isDeepStrictEqual([...nodes.notReady].sort(), [...down].sort());
  return [
    ...(down.length > 0 && noticedMs === undefined ? ["the cluster never noticed the fault"] : []),
    ...(expected.api && nodes === undefined ? ["the nodes could not be read at the end of the hold"] : []),
    ...(wrong ? [`not Ready at the end of the hold: ${nodes.notReady.join(", ") || "none"}`] : []),
    ...(expected.api && !api.answersAtEnd ? ["the API did not answer although etcd had a majority"] : []),
    ...(!expected.api && api.answersAtEnd ? ["the API answered although etcd had no majority"] : []),
    ...(expected.records && recordsOutInHold === 0 ? ["no record came out although three brokers were left"] : []),
    ...(!expected.records && recordsOutInHold > 0
      ? [`${recordsOutInHold} records came out although two brokers of five were left`]
      : []),
    ...(losses.lost > 0 ? [`${losses.lost} records lost`] : []),
    ...(losses.doubled > 0 ? [`${losses.doubled} records doubled`] : []),
    ...(losses.outOfOrder > 0 ? [`${losses.outOfOrder} records out of order`] : []),
    ...(losses.stuck > 0 ? [`${losses.stuck} records were not passed on after healing`] : []),
    ...(!losses.ok && losses.lost + losses.doubled + losses.outOfOrder + losses.stuck === 0
      ? ["the audit found records astray or invented"]
      : []),
  ];
}
