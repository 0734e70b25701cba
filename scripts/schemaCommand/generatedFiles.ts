import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { renderConfigTables } from "./configTable";
import { stackSchema } from "./stackSchema";

const project = resolve(__dirname, "..", "..");

const start = "<!-- config: written by `npm run schema` -->";
const end = "<!-- /config -->";

/** What is generated from the configuration's schema: file and wanted text. */
export function generatedFiles(): { file: string; text: string }[] {
  const readme = join(project, "README.md");
  return [
    {
      file: join(project, "schema", "iotef-stack.schema.json"),
      text: `${JSON.stringify(stackSchema(), undefined, 2)}\n`,
    },
    { file: readme, text: fillMarkers(readFileSync(readme, "utf8"), renderConfigTables()) },
  ];
}

/** Puts `body` between the markers. @throws Error when the text has none */
export function fillMarkers(text: string, body: string): string {
  const [before, rest] = text.split(start);
  const after = rest?.split(end)[1];
  if (before === undefined || after === undefined)
    throw new Error(`README.md: the lines "${start}" and "${end}" are missing; put them where the table belongs`);
  return `${before}${start}\n<!-- prettier-ignore-start -->\n\n${body}\n\n<!-- prettier-ignore-end -->\n${end}${after}`;
}
