/** What happens to one resource. */
export interface Change {
  op: "create" | "update" | "replace" | "delete";
  /** Last part of the type: `kubernetes:apps/v1:Deployment`. */
  type: string;
  name: string;
  urn: string;
  /** Inputs as they are; empty for what is created. */
  before: Inputs;
  /** Inputs as they will be; empty for what is deleted. */
  after: Inputs;
  /** Paths that differ: `spec.replicas`. Empty for what is created or deleted. */
  fields: readonly string[];
}

export type Inputs = Readonly<Record<string, unknown>>;

export interface Preview {
  changes: Change[];
  /** How many resources stay as they are, the stack among them. */
  same: number;
  /** Errors and warnings of the run. */
  messages: { severity: string; text: string }[];
}

/** The parts of `pulumi preview --json` that are read. */
interface PreviewJson {
  steps?: StepJson[];
  changeSummary?: { same?: number };
  diagnostics?: { severity?: string; message?: string }[];
}

interface StepJson {
  op: string;
  urn: string;
  oldState?: { inputs?: Inputs };
  newState?: { inputs?: Inputs };
  diffReasons?: string[] | null;
  replaceReasons?: string[] | null;
  detailedDiff?: Record<string, unknown> | null;
}

/** What stands in for a value that only a real run can know. */
const unknownValue = "04da6b54-80e4-46f7-96ec-b56ff0331ba9";

export function isUnknown(value: unknown): boolean {
  return value === unknownValue || value === undefined;
}

/**
 * Reads what `pulumi preview --json` printed.
 * @throws Error when it is not that
 */
export function parsePreview(text: string): Preview {
  const { steps = [], diagnostics = [], changeSummary = {} } = parseJson(text);
  const byUrn = new Map<string, StepJson[]>();
  for (const step of steps) byUrn.set(step.urn, [...(byUrn.get(step.urn) ?? []), step]);
  const changes = [...byUrn.values()].flatMap((each) => changeOf(each) ?? []);
  changes.sort((a, b) => (a.urn < b.urn ? -1 : a.urn > b.urn ? 1 : 0));
  return {
    changes,
    same: changeSummary.same ?? 0,
    messages: diagnostics.flatMap(({ severity = "info", message = "" }) =>
      severity === "error" || severity === "warning" ? [{ severity, text: stripColors(message).trim() }] : [],
    ),
  };
}

function parseJson(text: string): PreviewJson {
  // The CLI may print a warning before the JSON.
  const start = text.indexOf("{");
  try {
    return JSON.parse(text.slice(Math.max(0, start))) as PreviewJson;
  } catch {
    throw new Error(`this is not what \`pulumi preview --json\` prints: ${JSON.stringify(text.slice(0, 200))}`);
  }
}

/** A replacement is three steps of one resource; together they are one change. */
function changeOf(steps: readonly StepJson[]): Change | undefined {
  const { urn } = steps[0]!;
  if (isStack(urn)) return undefined;
  const op = opOf(steps.map((step) => step.op));
  if (op === undefined) return undefined;
  const before = steps.find(({ oldState }) => oldState !== undefined)?.oldState?.inputs ?? {};
  const after = steps.find(({ newState }) => newState !== undefined)?.newState?.inputs ?? {};
  const told = steps.flatMap(({ diffReasons, replaceReasons, detailedDiff }) => [
    ...(diffReasons ?? []),
    ...(replaceReasons ?? []),
    ...Object.keys(detailedDiff ?? {}),
  ]);
  const [type = "", name = ""] = urn.split("::").slice(2);
  return {
    op,
    type: type.slice(type.lastIndexOf("$") + 1),
    name,
    urn,
    before: op === "create" ? {} : before,
    after: op === "delete" ? {} : after,
    fields: op === "update" || op === "replace" ? mostExact(told) : [],
  };
}

function opOf(ops: readonly string[]): Change["op"] | undefined {
  if (ops.some((op) => op === "replace" || op === "create-replacement" || op === "delete-replaced")) return "replace";
  return (["create", "update", "delete"] as const).find((op) => ops.includes(op));
}

/** Drops `spec` where `spec.replicas` says more. */
function mostExact(paths: readonly string[]): string[] {
  const unique = [...new Set(paths)].sort();
  return unique.filter((path) => !unique.some((other) => other.startsWith(`${path}.`) || other.startsWith(`${path}[`)));
}

function isStack(urn: string): boolean {
  return urn.split("::")[2] === "pulumi:pulumi:Stack";
}

function stripColors(text: string): string {
  return text.replace(/<\{%[^%]*%\}>/g, "").replace(/\[[0-9;]*m/g, "");
}
