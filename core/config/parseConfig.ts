import type { z } from "zod";
import { ConfigError, type Problem } from "../errors";
import { clusterSchema, federationSchema, type Config } from "./schema";
import { validateCluster } from "./validateCluster";
import { validateFederation } from "./validateFederation";

/** Keys of the stack file, without the `iotef:` prefix, as plain data. */
export type RawConfig = Record<string, unknown>;

const schemas = { cluster: clusterSchema, federation: federationSchema } as const;

/**
 * Turns a stack's configuration into one frozen, typed tree with all defaults filled in.
 * @throws ConfigError with every problem, each with its config path
 */
export function parseConfig(raw: RawConfig): Config {
  const role = raw["role"];
  if (role !== "cluster" && role !== "federation") {
    throw new ConfigError([{ path: "iotef:role", value: role, message: "is not a role; use cluster or federation" }]);
  }
  const parsed = schemas[role].safeParse(raw);
  if (!parsed.success) throw new ConfigError(parsed.error.issues.flatMap((issue) => problemsOf(issue, raw)));
  const config = parsed.data;
  const problems = config.role === "cluster" ? validateCluster(config) : validateFederation(config);
  if (problems.length > 0) throw new ConfigError(problems);
  return deepFreeze(config);
}

function problemsOf(issue: z.core.$ZodIssue, raw: RawConfig): Problem[] {
  if (issue.code === "unrecognized_keys") {
    return issue.keys.map((key) => ({
      path: configPath([...issue.path, key]),
      message: "is not a key of IoTEF; remove it or mend its spelling",
    }));
  }
  if (issue.code === "invalid_key") {
    return [{ path: configPath(issue.path), message: issue.issues[0]?.message ?? issue.message }];
  }
  const value = issue.path.reduce<unknown>((node, key) => (isObject(node) ? node[key as string] : undefined), raw);
  const shown = isObject(value) || Array.isArray(value) ? undefined : value;
  return [{ path: configPath(issue.path), value: shown, message: messageFor(issue, shown) }];
}

function messageFor(issue: z.core.$ZodIssue, value: unknown): string {
  if (value === undefined && issue.code === "invalid_type") return `is missing; it wants ${issue.expected}`;
  if (issue.code === "invalid_value") return `is not allowed; use ${issue.values.join(" or ")}`;
  if (issue.code === "invalid_union") return "has none of the forms that this key may have; see schema/ and the README";
  return issue.message.startsWith("is ") ? issue.message : `is refused: ${issue.message}`;
}

/** `iotef:hosts.edge-m1.address`, as `pulumi config set --path` takes it. */
export function configPath(path: readonly PropertyKey[]): string {
  const [head, ...rest] = path.map(String);
  return `iotef:${[head, ...rest].join(".")}`;
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

function deepFreeze<T>(value: T): T {
  if (typeof value === "object" && value !== null) {
    Object.values(value).forEach(deepFreeze);
    Object.freeze(value);
  }
  return value;
}
