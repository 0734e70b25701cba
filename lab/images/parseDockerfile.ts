/** What a Dockerfile takes from outside. */
export interface DockerfileInputs {
  /** Images it is built on, arguments put in. */
  bases: string[];
  /** Files and folders it copies, relative to the context. */
  sources: string[];
}

/**
 * Reads the bases and sources of a Dockerfile: FROM, ARG before the first FROM, COPY without --from. Pure.
 * @param args build arguments that replace the defaults in the file
 */
export function parseDockerfile(text: string, args: Readonly<Record<string, string>> = {}): DockerfileInputs {
  const values: Record<string, string> = {};
  const stages = new Set<string>();
  const bases = new Set<string>();
  const sources = new Set<string>();
  for (const line of instructions(text)) {
    const [instruction = "", ...words] = line.split(/\s+/);
    const operands = words.filter((word) => !word.startsWith("--"));
    if (/^ARG$/i.test(instruction)) {
      const [name = "", value = ""] = operands.join(" ").split("=");
      values[name] = args[name] ?? value;
    } else if (/^FROM$/i.test(instruction)) {
      const base = operands[0]!.replace(/\$\{?(\w+)\}?/g, (_, name: string) => values[name] ?? "");
      if (!stages.has(base)) bases.add(base);
      if (/^as$/i.test(operands[1] ?? "")) stages.add(operands[2]!);
    } else if (/^(COPY|ADD)$/i.test(instruction) && !words.some((word) => word.startsWith("--from="))) {
      for (const source of operands.slice(0, -1)) sources.add(source);
    }
  }
  return { bases: [...bases], sources: [...sources] };
}

/** Lines without comments, continuations joined. */
function instructions(text: string): string[] {
  const lines = text.split("\n").filter((line) => !/^\s*#/.test(line));
  return lines
    .join("\n")
    .replace(/\\\n/g, " ")
    .split("\n")
    .map((line) => line.trim())
    .filter(Boolean);
}
