import { type Changes, sameContent } from "../provider/diff";
import type { CheckFailure, ResourceKind } from "../provider/provider";
import { hasUnknown, reveal, Secret, UNKNOWN, type Fields, type Value } from "../provider/values";

/** What makes one random resource differ from another. All of them are replaced by any changed input. */
export interface RandomDefinition {
  /** Inputs and their defaults; undefined: must be given; null: may be left out. */
  inputs: Record<string, Value | undefined>;
  /** Outputs that are made, by name; those marked `secret` are encrypted in the state. */
  outputs: Record<string, "plain" | "secret">;
  /** Makes the values. `id` is the resource's id. Inputs have their defaults and no secret wrappers. */
  generate(inputs: Fields): { id: string; values: Fields };
  /** Problems of known inputs, each as [property, reason]. */
  validate?(inputs: Fields): [string, string][];
  /** Takes a value made elsewhere from an import id. */
  parse?(id: string): { inputs: Fields; values: Fields };
  /** Inputs that mirror another one before defaults are filled. */
  normalise?(inputs: Fields): Fields;
}

export function randomKind(definition: RandomDefinition): ResourceKind {
  const complete = (inputs: Fields): Fields => {
    const normalised = definition.normalise?.(withoutNulls(inputs)) ?? withoutNulls(inputs);
    return { ...withoutNulls(definition.inputs), ...normalised };
  };
  const wrap = (values: Fields): Fields =>
    Object.fromEntries(
      Object.entries(values).map(([name, value]) => [
        name,
        definition.outputs[name] === "secret" ? new Secret(value) : value,
      ]),
    );

  return {
    check(news) {
      const failures: CheckFailure[] = Object.entries(definition.inputs)
        .filter(([name, fallback]) => fallback === undefined && (news[name] ?? null) === null)
        .map(([property]) => ({ property, reason: `Missing required property '${property}'` }));
      const known = complete(news);
      if (failures.length === 0 && !hasUnknown(withoutKeepers(known))) {
        const plain = reveal(known) as Fields;
        for (const [property, reason] of definition.validate?.(plain) ?? []) {
          failures.push({ property, reason });
        }
      }
      return { inputs: news, failures };
    },

    diff(olds, news) {
      const next = complete(news);
      const changes: Changes = {};
      for (const name of Object.keys(definition.inputs)) {
        const old = olds[name] ?? null;
        if (sameContent(old, next[name] ?? null)) continue;
        const kind = old === null ? "add" : (news[name] ?? null) === null ? "delete" : "update";
        changes[name] = { kind, replace: true };
      }
      return { changed: Object.keys(changes).length > 0, changes };
    },

    async create({ inputs, preview }) {
      const filled = complete(inputs);
      if (preview) {
        const unknown = Object.keys(definition.outputs).map((name) => [name, UNKNOWN]);
        return { id: "", outputs: { ...filled, ...wrap(Object.fromEntries(unknown)) } };
      }
      const { id, values } = definition.generate(reveal(filled) as Fields);
      return { id, outputs: { ...filled, ...wrap(values) } };
    },

    read({ id, inputs, state }) {
      if (Object.keys(state).length > 0) return { id, inputs, outputs: state };
      if (!definition.parse) throw new Error(`${id}: this resource cannot be imported`);
      const parsed = definition.parse(id);
      return { id, inputs: parsed.inputs, outputs: { ...complete(parsed.inputs), ...wrap(parsed.values) } };
    },
  };
}

function withoutKeepers({ keepers: _, ...rest }: Fields): Fields {
  return rest;
}

function withoutNulls(fields: Record<string, Value | undefined>): Fields {
  return Object.fromEntries(
    Object.entries(fields).filter(([, value]) => value !== null && value !== undefined),
  ) as Fields;
}
