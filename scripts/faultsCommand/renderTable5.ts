import { describeLosses } from "./auditSince";
import { judgeCase, type CaseResult } from "./caseResult";
import { describeInSync } from "./readBrokers";
import { renderBlock } from "./renderBlock";
import { downInReference, table5 } from "./table5";
import type { ClusterUsage } from "./usage";

/** What was seen, next to what the reference saw: one block for each case. Pure. */
export function renderTable5(results: readonly CaseResult[]): string {
  return results.map(renderCase).join("\n\n");
}

function renderCase(result: CaseResult): string {
  const { cluster, number, down, noticedMs, nodes, api, brokers, losses, usage } = result;
  const row = table5.find((candidate) => candidate.number === number)!;
  const problems = judgeCase(row, result);
  const replicas = brokers === undefined ? 0 : Math.max(...Object.keys(brokers.inSync).map(Number), brokers.alive);
  const rows: [string, string][] = [
    ["reference", row.reference],
    ["nodes", nodes === undefined ? "no API answers" : describeNodes(nodes.ready, nodes.notReady)],
    ["noticed", noticedMs === undefined ? "-" : `after ${seconds(noticedMs)}`],
    ["API", describeApi(api)],
    [
      "brokers",
      brokers === undefined
        ? "no majority answers"
        : `${brokers.alive} alive; in sync ${describeInSync(brokers, Math.max(replicas, 5))}`,
    ],
    ["records", `${result.recordsIn} in, ${result.recordsOut} out before healing`],
    ["longest gap", `${seconds(result.longestGapMs)} of the output, ${seconds(result.longestLaneGapMs)} of one lane`],
    ["whole again", `${seconds(result.wholeMs)} after healing`],
    ["audit", describeLosses(losses)],
    ["load", `before ${load(usage.before)}; during ${load(usage.during)}; after ${load(usage.after)}`],
    ["verdict", problems.length === 0 ? "as expected" : `NOT as expected: ${problems.join("; ")}`],
  ];
  const title = `${cluster}, case ${number}: ${downInReference(row)} down${down.length > 0 ? ` (${down.join(", ")})` : ""}`;
  return renderBlock(title, rows);
}

function describeNodes(ready: readonly string[], notReady: readonly string[]): string {
  return `${ready.length} Ready${notReady.length > 0 ? `, NotReady: ${notReady.join(", ")}` : ""}`;
}

function describeApi({ firstAnswerMs, longestSilenceMs, answersAtEnd }: CaseResult["api"]): string {
  if (firstAnswerMs === undefined) return "no answer";
  const end = answersAtEnd ? "" : ", none at the end";
  return `first answer after ${firstAnswerMs} ms, longest silence ${seconds(longestSilenceMs)}${end}`;
}

function load({ cores, memoryMiB, hosts }: ClusterUsage): string {
  return `${cores.toFixed(2)} cores, ${(memoryMiB / 1024).toFixed(2)} GiB on ${hosts} hosts`;
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(1)} s`;
}
