export interface Sample {
  name: string;
  labels: Record<string, string>;
  value: number;
}

/** A stage's metrics as they were at one moment, in Prometheus' text format. */
export class Scrape {
  readonly samples: readonly Sample[];
  /** Kind of each metric by its name: counter, gauge or histogram. */
  readonly types: ReadonlyMap<string, string>;
  readonly help: ReadonlyMap<string, string>;

  constructor(text: string) {
    const lines = text.split("\n").filter(Boolean);
    this.samples = lines.filter((line) => !line.startsWith("#")).map(parseSample);
    this.types = told(lines, "TYPE");
    this.help = told(lines, "HELP");
  }

  /** The values of a metric by one of its labels. */
  by(name: string, label: string): Record<string, number> {
    const found = this.samples.filter((sample) => sample.name === name);
    return Object.fromEntries(found.map(({ labels, value }) => [labels[label], value]));
  }

  /** Over all labels. @throws Error where there is no such metric: a sum of nothing would pass for 0 */
  sum(name: string): number {
    const found = this.samples.filter((sample) => sample.name === name);
    if (found.length === 0) throw new Error(`no metric ${name} among ${[...this.types.keys()].join(", ")}`);
    return found.reduce((sum, { value }) => sum + value, 0);
  }
}

function told(lines: readonly string[], what: "TYPE" | "HELP"): ReadonlyMap<string, string> {
  const pattern = new RegExp(`^# ${what} (\\S+) (.*)$`);
  return new Map(lines.map((line) => pattern.exec(line)).flatMap((found) => (found ? [[found[1]!, found[2]!]] : [])));
}

function parseSample(line: string): Sample {
  const [, name, labels = "", value] = /^(\w+)(?:\{(.*)\})? (\S+)$/.exec(line) ?? [];
  if (name === undefined) throw new Error(`no sample of Prometheus: ${line}`);
  const pairs = [...labels.matchAll(/(\w+)="([^"]*)"/g)].map(([, key, text]) => [key!, text!]);
  return { name, labels: Object.fromEntries(pairs) as Record<string, string>, value: Number(value) };
}
