import { z } from "zod";
import { clusterSchema, federationSchema } from "../../core/config/schema";

/** A JSON Schema as far as it is read here. */
export interface JsonSchema {
  type?: string;
  description?: string;
  default?: unknown;
  const?: unknown;
  enum?: unknown[];
  properties?: Record<string, JsonSchema>;
  required?: string[];
  additionalProperties?: JsonSchema | boolean;
  items?: JsonSchema;
  anyOf?: JsonSchema[];
  [keyword: string]: unknown;
}

/** What a stack file may say, as people write it: keys without the `iotef:` prefix, defaults not yet filled in. */
export function roleSchemas(): { cluster: JsonSchema; federation: JsonSchema } {
  const toJson = (schema: z.ZodType): JsonSchema => z.toJSONSchema(schema, { io: "input" }) as JsonSchema;
  return { cluster: toJson(clusterSchema), federation: toJson(federationSchema) };
}

/** The JSON Schema of `Pulumi.<stack>.yaml`, for editors. */
export function stackSchema(): JsonSchema {
  const { cluster, federation } = roleSchemas();
  return {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title: "Pulumi.<stack>.yaml of IoTEF",
    type: "object",
    required: ["config"],
    properties: {
      config: {
        type: "object",
        required: ["iotef:role"],
        properties: { "iotef:role": { enum: ["cluster", "federation"] } },
        if: { properties: { "iotef:role": { const: "cluster" } } },
        then: withPrefix(cluster),
        else: withPrefix(federation),
      },
    },
  };
}

/** Other namespaces (`pulumi:`, providers) are Pulumi's business and stay free. */
function withPrefix({ properties = {}, required = [] }: JsonSchema): JsonSchema {
  return {
    properties: Object.fromEntries(Object.entries(properties).map(([key, schema]) => [`iotef:${key}`, schema])),
    required: required.map((key) => `iotef:${key}`),
    patternProperties: { "^(?!iotef:)": true },
    additionalProperties: false,
  };
}
