import { alignColumns } from "../../core/alignColumns";
import type { Outcome } from "./figures";
import type { Goal } from "./goals";

/** What a table is about. */
export interface Section {
  load: string;
  distance: string;
  title: string;
}

type Column = readonly [title: string, cell: (outcome: Outcome, ours: Outcome | undefined) => string];

const columns: readonly Column[] = [
  ["contender", ({ contender }) => contender],
  ["guarantee", ({ guarantee }) => guarantee],
  ["records/s", ({ drain }) => number(drain?.recordsPerSecond, 0)],
  ["ours:it", ({ drain }, ours) => ratio(ours?.drain?.recordsPerSecond, drain?.recordsPerSecond)],
  ["p50 ms", ({ steady }) => number(steady?.p50, 1)],
  ["p95 ms", ({ steady }) => number(steady?.p95, 1)],
  ["p99 ms", ({ steady }) => number(steady?.p99, 1)],
  ["it:ours p95", ({ steady }, ours) => ratio(steady?.p95, ours?.steady?.p95)],
  ["CPU drain", ({ drain }) => number(drain?.cpu.contender, 3)],
  ["steady", ({ steady }) => number(steady?.cpu.contender, 3)],
  ["it:ours", ({ steady }, ours) => ratio(steady?.cpu.contender, ours?.steady?.cpu.contender)],
  ["brokers drain", ({ drain }) => number(drain?.cpu.brokers, 3)],
  ["steady", ({ steady }) => number(steady?.cpu.brokers, 3)],
  ["MiB", ({ memoryMiB }) => number(memoryMiB, 0)],
  ["disturbed", ({ drain, steady }) => share(drain?.cpu.disturbance, steady?.cpu.disturbance)],
  ["doubled", ({ doubled }) => number(doubled, 0)],
];

/** Tables for people: one for each load and distance, then the goals. */
export function renderReport(
  sections: readonly Section[],
  outcomes: readonly Outcome[],
  goals: readonly Goal[],
): string {
  const tables = sections.map(({ load, distance, title }) => {
    const rows = outcomes.filter((each) => each.load === load && each.distance === distance);
    return rows.length === 0 ? [] : [`${title}\n${renderTable(rows)}`];
  });
  const verdicts = goals.map(({ text, measured, met }) => `${met ? "met   " : "MISSED"}  ${text}: ${measured}`);
  return [...tables.flat(), ...(verdicts.length === 0 ? [] : [`goals\n${verdicts.join("\n")}`])].join("\n\n");
}

function renderTable(rows: readonly Outcome[]): string {
  const ours = rows.find(({ contender }) => contender === "ours");
  const texts = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => cell(row, ours)))];
  const lines = alignColumns(texts, (column) => column >= 2);
  const failures = rows.filter(({ error }) => error !== undefined);
  return [...lines, ...failures.map(({ contender, error }) => `${contender} failed: ${error}`)].join("\n");
}

function number(value: number | undefined, digits: number): string {
  return value === undefined ? "-" : value.toFixed(digits);
}

function share(...values: (number | undefined)[]): string {
  return values.map((value) => (value === undefined ? "-" : `${Math.round(value * 100)}%`)).join("/");
}

function ratio(above: number | undefined, below: number | undefined): string {
  return above === undefined || below === undefined || below === 0 ? "-" : (above / below).toFixed(2);
}
