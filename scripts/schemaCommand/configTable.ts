import { roleSchemas, type JsonSchema } from "./stackSchema";

interface Row {
  key: string;
  type: string;
  fallback: string;
  description: string;
}

/** The README's tables of all configuration keys, in the order of the schema. */
export function renderConfigTables(): string {
  const { cluster, federation } = roleSchemas();
  return `### Cluster stack\n\n${table(cluster)}\n\n### Federation stack\n\n${table(federation)}`;
}

function table({ properties = {}, required = [] }: JsonSchema): string {
  const rows = Object.entries(properties).flatMap(([key, schema]) =>
    rowsOf(`iotef:${key}`, schema, required.includes(key)),
  );
  const line = (...cells: string[]): string =>
    `| ${cells.map((cell) => cell.replaceAll("|", "\\|").replace(/(?<!`.*)</g, "\\<")).join(" | ")} |`;
  return [
    line("Key", "Type", "Default", "Meaning"),
    line("---", "---", "---", "---"),
    ...rows.map(({ key, type, fallback, description }) => line(`\`${key}\``, type, fallback, description)),
  ].join("\n");
}

/** One row per leaf. An object or a map gets one of its own only where it has something to say. */
function rowsOf(key: string, schema: JsonSchema, required: boolean): Row[] {
  const alternatives = schema.anyOf ?? [schema];
  const nested = alternatives.flatMap((alternative) => nestedRows(key, alternative));
  const scalar = alternatives.some(({ type }) => type !== "object");
  if (nested.length > 0 && !scalar && schema.description === undefined) return nested;
  const own = {
    key,
    type: typeOf(schema),
    fallback: fallbackOf(schema, required),
    description: schema.description ?? "",
  };
  return [own, ...nested];
}

function nestedRows(key: string, { properties, required = [], additionalProperties }: JsonSchema): Row[] {
  if (properties !== undefined) {
    return Object.entries(properties).flatMap(([name, schema]) =>
      rowsOf(`${key}.${name}`, schema, required.includes(name)),
    );
  }
  if (typeof additionalProperties !== "object") return [];
  return (additionalProperties.anyOf ?? [additionalProperties]).flatMap((value) => nestedRows(`${key}.<name>`, value));
}

function typeOf(schema: JsonSchema): string {
  if (schema.anyOf !== undefined) return schema.anyOf.map(typeOf).join(" or ");
  if (schema.const !== undefined) return `\`${String(schema.const)}\``;
  if (schema.enum !== undefined) return schema.enum.map((value) => `\`${String(value)}\``).join(" or ");
  if (schema.type === "array") return `list of ${typeOf(schema.items ?? {})}`;
  if (typeof schema.additionalProperties === "object") return `map of ${typeOf(schema.additionalProperties)}`;
  return schema.type ?? "anything";
}

function fallbackOf({ default: value }: JsonSchema, required: boolean): string {
  if (value === undefined) return required ? "required" : "";
  const empty = typeof value === "object" && value !== null && Object.keys(value).length === 0;
  return empty ? "none" : `\`${typeof value === "string" ? value : JSON.stringify(value)}\``;
}
