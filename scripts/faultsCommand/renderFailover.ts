import { alignColumns } from "../../core/alignColumns";
import type { Hiccup } from "./hiccup";
import type { Kill } from "./killHost";
import { percentile } from "./percentile";

/** One line about a death as it ends. Pure. */
export function renderKill(number: number, kill: Kill): string {
  const { host, groups, takeoverMs, gapMs, inputGapMs, ledLanes, coordinated, wholeMs } = kill;
  const with_ = [
    ...(coordinated ? ["the coordinator"] : []),
    ...(ledLanes.length > 0 ? [`the leader of lane ${ledLanes.join(", ")}`] : []),
  ];
  const died = with_.length > 0 ? ` with ${with_.join(" and ")}` : "";
  return `kill ${number}: ${host} (lane group ${groups.join(", ")})${died}: new owner after ${seconds(takeoverMs)}, gap of the output ${seconds(gapMs)} (of the input ${seconds(inputGapMs)}), whole ${seconds(wholeMs)} after healing`;
}

/** One line about a moment of standing still. Pure. */
export function renderHiccup({ host, forMs, moved, rebuilds, standDowns }: Hiccup): string {
  const lanes = moved.length === 0 ? "no lane moved" : `lane groups ${moved.join(", ")} MOVED`;
  return `hiccup of ${forMs} ms at ${host}: ${lanes}, ${rebuilds} sessions rebuilt, ${standDowns} stood down`;
}

/** Median, p95 and the longest, over all deaths and over those that took no coordinator with them. Pure. */
export function renderFailover(kills: readonly Kill[]): string {
  const plain = kills.filter(({ coordinated }) => !coordinated);
  const line = (name: string, some: readonly Kill[], valueOf: (kill: Kill) => number): string[][] => {
    const values = some.map(valueOf);
    const [p50, p95, most] = [0.5, 0.95, 1].map((share) => percentile(values, share));
    if (p50 === undefined) return [];
    return [[name, ...[p50, p95!, most!].map(seconds), `${values.length}`]];
  };
  const rows = [
    ["", "median", "p95", "max", "kills"],
    ...line("new owner (the reference's de: 4 s)", kills, ({ takeoverMs }) => takeoverMs),
    ...line("new owner, where the coordinator lived", plain, ({ takeoverMs }) => takeoverMs),
    ...line("gap of the output in the victim's lanes", kills, ({ gapMs }) => gapMs),
    ...line("gap of the input in the same lanes", kills, ({ inputGapMs }) => inputGapMs),
  ];
  return alignColumns(rows, (column) => column > 0).join("\n");
}

function seconds(milliseconds: number): string {
  return `${(milliseconds / 1000).toFixed(2)} s`;
}
