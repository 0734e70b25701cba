import { describeLosses } from "./auditSince";
import type { ColdStart } from "./coldStart";
import type { EdgeOffline } from "./edgeOffline";
import { renderBlock } from "./renderBlock";

/** Pure. */
export function renderColdStart({ seed, order, losses, ...times }: ColdStart): string {
  const clusters = (by: Record<string, number>): string =>
    Object.entries(by)
      .map(([name, ms]) => `${name} ${seconds(ms)}`)
      .join(", ");
  return renderBlock(`cold start, seed ${seed}: ${order.join(", ")}`, [
    ["API answers", clusters(times.apiMs)],
    ["nodes Ready", clusters(times.readyMs)],
    ["brokers in sync", clusters(times.inSyncMs)],
    ["first record out", seconds(times.firstRecordMs)],
    ["everything whole", seconds(times.wholeMs)],
    ["audit", describeLosses(losses)],
  ]);
}

/** Pure. */
export function renderEdgeOffline(site: string, result: EdgeOffline): string {
  return renderBlock(`${site} switched off and on while its link was cut`, [
    ["nodes Ready", seconds(result.readyMs)],
    ["brokers in sync", seconds(result.inSyncMs)],
    ["first record in", seconds(result.firstBufferedMs)],
    ["buffered alone", `${result.buffered} records in, ${result.outWhileCut} out`],
    [
      "link mended",
      `first record out after ${seconds(result.firstOutMs)}, everything whole after ${seconds(result.wholeMs)}`,
    ],
    ["audit", describeLosses(result.losses)],
  ]);
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
