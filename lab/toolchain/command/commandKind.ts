import { randomBytes } from "node:crypto";
import { diffFields, sameContent } from "../provider/diff";
import type { CheckFailure, OperationContext, ResourceKind } from "../provider/provider";
import { hasUnknown, reveal, UNKNOWN, type Fields, type Value } from "../provider/values";

type Run = (command: string, state: Fields, context: OperationContext) => Promise<Fields>;

/** What makes one command resource differ from another. */
export interface CommandDefinition {
  /** All inputs, each with the type that is checked. */
  inputs: Record<string, "string" | "boolean" | "array" | "map" | "any">;
  /** Runs a command text; `state` holds the inputs and the outputs of the run before. */
  run: Run;
  /** Defaults and checks of its own. */
  refine?(inputs: Fields, failures: CheckFailure[]): Fields;
}

const RESULTS = ["stdout", "stderr", "assets", "archive"] as const;

/**
 * The life of a command resource, as the official provider has it: `create` on creation, `update` or else `create` on
 * any changed input, `delete` with the inputs of the last run; changed `triggers` alone ask for a replacement.
 */
export function commandKind(definition: CommandDefinition): ResourceKind {
  const inputNames = Object.keys(definition.inputs);
  return {
    check(news) {
      const failures: CheckFailure[] = [];
      const inputs: Fields = { addPreviousOutputInEnv: true, ...withoutNulls(news) };
      for (const [name, value] of Object.entries(inputs)) {
        const type = definition.inputs[name];
        if (type && !hasType(reveal(value), type)) {
          failures.push({ property: name, reason: `Field '${name}' must be a ${type}` });
        }
      }
      return { inputs: definition.refine?.(inputs, failures) ?? inputs, failures };
    },

    diff(olds, news) {
      const oldInputs = Object.fromEntries(
        Object.entries(withoutNulls(olds)).filter(([name]) => inputNames.includes(name)),
      );
      const changes = diffFields(oldInputs, withoutNulls(news), ["triggers"]);
      return { changed: Object.keys(changes).length > 0, changes };
    },

    async create({ name, inputs, preview }, context) {
      if (preview) return { id: "", outputs: { ...inputs, stdout: UNKNOWN, stderr: UNKNOWN } };
      const command = text(inputs.create);
      const results = command === undefined ? {} : await definition.run(command, inputs, context);
      const id = `${name}${randomBytes(4).toString("hex")}`;
      return { id, outputs: { ...inputs, stdout: "", stderr: "", ...results } };
    },

    async update({ olds, news, preview }, context) {
      const before = Object.fromEntries(
        RESULTS.flatMap((result) => (olds[result] === undefined ? [] : [[result, olds[result]]])),
      ) as Fields;
      if (preview) return { ...news, ...previewResults(before, olds, news) };
      const command = text(news.update) ?? text(news.create);
      const state = { ...news, ...before };
      return command === undefined ? state : { ...state, ...(await definition.run(command, state, context)) };
    },

    async delete({ state }, context) {
      const command = text(state.delete);
      if (command !== undefined) await definition.run(command, state, context);
    },
  };
}

/** What the last run printed stays known in a preview only if no input that it had changes. */
function previewResults(before: Fields, olds: Fields, news: Fields): Fields {
  const stale = Object.keys(olds).some(
    (name) =>
      !(RESULTS as readonly string[]).includes(name) &&
      (hasUnknown(news[name]) || !sameContent(olds[name], news[name])),
  );
  if (!stale && !Object.values(news).some(hasUnknown)) return before;
  return Object.fromEntries(Object.keys(before).map((name) => [name, UNKNOWN]));
}

function text(value: Value | undefined): string | undefined {
  const plain = reveal(value);
  return typeof plain === "string" ? plain : undefined;
}

function withoutNulls(fields: Fields): Fields {
  return Object.fromEntries(Object.entries(fields).filter(([, value]) => value !== null && value !== undefined));
}

function hasType(value: Value, type: CommandDefinition["inputs"][string]): boolean {
  if (value === UNKNOWN || type === "any") return true;
  if (type === "array") return Array.isArray(value);
  if (type === "map") return typeof value === "object" && value !== null && !Array.isArray(value);
  return typeof value === type;
}
