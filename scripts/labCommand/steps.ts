import { alignColumns } from "../../core/alignColumns";

/** Named steps of a long run, some of them side by side: each says when it starts, and at the end where the time went. */
export class Steps {
  private readonly since = performance.now();
  private readonly taken: { name: string; seconds: number }[] = [];

  constructor(private readonly log: (line: string) => void) {}

  async run<T>(name: string, action: () => Promise<T>): Promise<T> {
    this.log(`== ${name}`);
    const since = performance.now();
    try {
      return await action();
    } finally {
      this.taken.push({ name, seconds: (performance.now() - since) / 1000 });
    }
  }

  /** One line per step, and the time of the whole run: less than their sum where some went side by side. */
  summary(): string {
    const rows = [...this.taken, { name: "in all", seconds: (performance.now() - this.since) / 1000 }];
    return alignColumns(
      rows.map(({ name, seconds }) => [name, `${seconds.toFixed(0)} s`]),
      (column) => column === 1,
    ).join("\n");
  }
}
