/** A line of `pulumi up` without a terminal: `+  command:remote:Command edge-facts-edge-m1 created (0.32s)`. */
const resourceLine =
  /^[-+~ ]+(\S+:\S+) (\S+) (creating|created|updating|updated|deleting|deleted|replacing|replaced)\b/;

/**
 * Makes news of the CLI's lines: what is done is passed on, what goes on is counted, diagnostics are passed on. The CLI
 * repeats a resource for each thing that Kubernetes says of it.
 */
export class PulumiProgress {
  private readonly going = new Set<string>();
  private diagnostics = false;

  /** The line when it is news, else undefined. */
  news(line: string): string | undefined {
    const text = line.trim();
    if (text === "" || text.startsWith("@ ")) return undefined;
    if (text.startsWith("Diagnostics:")) this.diagnostics = true;
    if (text.startsWith("Resources:")) this.diagnostics = false;
    const [, type, name, verb] = resourceLine.exec(text) ?? [];
    if (this.diagnostics || name === undefined || verb === undefined) return text;
    if (text.includes("error")) return text;
    // The stack and components are under way while anything of theirs is.
    if (type!.startsWith("iotef:") || type === "pulumi:pulumi:Stack") return undefined;
    if (verb.endsWith("ing")) {
      this.going.add(name);
      return undefined;
    }
    return this.going.delete(name) ? text : undefined;
  }

  /** What is under way, for a sign of life. */
  underWay(): string[] {
    return [...this.going].sort();
  }
}
