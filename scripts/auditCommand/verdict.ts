import { alignColumns } from "../../core/alignColumns";

/** What Audit.java says of one source partition. */
export interface LaneVerdict {
  partition: number;
  /** First offset of the source that is still there. */
  low: number;
  /** End of the source when the audit began. */
  end: number;
  /** The stage has passed everything before it. */
  checkpoint: number;
  /** Records of the source between `low` and `end`. */
  source: number;
  /** Of those, the ones that the stage has passed and whose output has not expired. */
  compared: number;
  /** Output records made from this partition. */
  output: number;
  lost: number;
  doubled: number;
  outOfOrder: number;
  /** In another partition than the source's. */
  astray: number;
  /** Made from records that the source never held. */
  invented: number;
  /** Rightly not in the output: the processor refused them. */
  deadLetters: number;
  /** Not passed by the stage yet. */
  onItsWay: number;
  /** Output made from another stream, of an earlier configuration. */
  otherSource: number;
  /** The first thing that is wrong, for a look at the record itself. */
  example: string;
}

export interface Verdict extends Omit<LaneVerdict, "partition" | "low" | "end" | "checkpoint" | "example"> {
  stage: string;
  from: string;
  to: string;
  lanes: LaneVerdict[];
  ok: boolean;
  /** Waited in vain: the stage stood still with records before it. */
  stuck: boolean;
}

const summed = [
  "source",
  "compared",
  "output",
  "lost",
  "doubled",
  "outOfOrder",
  "astray",
  "invented",
  "deadLetters",
  "onItsWay",
  "otherSource",
] as const;

/** What must be zero. */
export const faults = ["lost", "doubled", "outOfOrder", "astray", "invented"] as const;

/**
 * @param lines one JSON object per source partition, as Audit.java prints them
 * @param settle whether it waited for the stage
 */
export function sumVerdict(
  names: Pick<Verdict, "stage" | "from" | "to">,
  lines: readonly string[],
  settle: boolean,
): Verdict {
  const lanes = lines.map((line) => JSON.parse(line) as LaneVerdict);
  const sums = Object.fromEntries(
    summed.map((key) => [key, lanes.reduce((sum, lane) => sum + lane[key], 0)]),
  ) as Record<(typeof summed)[number], number>;
  return { ...names, ...sums, lanes, ok: faults.every((key) => sums[key] === 0), stuck: settle && sums.onItsWay > 0 };
}

const columns: [string, (lane: Omit<LaneVerdict, "partition"> & { partition: number | string }) => string | number][] =
  [
    ["partition", (lane) => lane.partition],
    ["source", (lane) => lane.source],
    ["compared", (lane) => lane.compared],
    ["output", (lane) => lane.output],
    ["lost", (lane) => lane.lost],
    ["doubled", (lane) => lane.doubled],
    ["out of order", (lane) => lane.outOfOrder],
    ["dead letters", (lane) => lane.deadLetters],
    ["on its way", (lane) => lane.onItsWay],
  ];

/** A table with a line per partition, the sum, and the verdict in words. */
export function renderVerdict(verdict: Verdict): string {
  const rows = [...verdict.lanes, { ...verdict, partition: "in all", low: 0, end: 0, checkpoint: 0, example: "" }];
  const cells = [columns.map(([title]) => title), ...rows.map((row) => columns.map(([, cell]) => String(cell(row))))];
  return [
    `stage ${verdict.stage}: ${verdict.from} -> ${verdict.to}`,
    ...alignColumns(cells, () => true),
    ...remarks(verdict),
    conclusion(verdict),
  ].join("\n");
}

function remarks({ lanes, astray, invented, otherSource }: Verdict): string[] {
  const examples = lanes
    .filter(({ example }) => example !== "")
    .map(({ partition, example }) => `partition ${partition}: first ${example}`);
  return [
    ...examples,
    ...(astray > 0 ? [`${astray} records are in another partition than their source's`] : []),
    ...(invented > 0 ? [`${invented} records were made from records that the source does not hold`] : []),
    ...(otherSource > 0
      ? [`${otherSource} records of the output were made from another stream; they are not compared`]
      : []),
  ];
}

function conclusion({ ok, stuck, compared, lost, doubled, outOfOrder, onItsWay }: Verdict): string {
  const counts = `${lost} lost, ${doubled} doubled, ${outOfOrder} out of order of ${compared} records`;
  if (ok && stuck) return `NOT SETTLED: the stage stands still before ${onItsWay} records; ${counts}`;
  const rest = onItsWay > 0 ? `; ${onItsWay} more are on their way (--settle waits for them)` : "";
  return `${ok ? "EXACTLY ONCE" : "NOT exactly once"}: ${counts}${rest}`;
}
