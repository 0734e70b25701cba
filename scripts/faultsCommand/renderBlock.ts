import { alignColumns } from "../../core/alignColumns";

/** A title, and below it what was seen, one named line each. Pure. */
export function renderBlock(title: string, lines: readonly (readonly [name: string, text: string])[]): string {
  return [title, ...alignColumns(lines.map(([name, text]) => [`  ${name}`, text]))].join("\n");
}
