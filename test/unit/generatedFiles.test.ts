import { strict as assert } from "node:assert";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { z } from "zod";
import { fillMarkers, generatedFiles } from "../../scripts/schemaCommand/generatedFiles";
import { stackSchema } from "../../scripts/schemaCommand/stackSchema";

const project = join(__dirname, "..", "..");

describe("what is generated from the configuration's schema", () => {
  for (const { file, text } of generatedFiles()) {
    it(`${file.slice(project.length + 1)} is up to date; else run npm run schema`, () => {
      assert.equal(readFileSync(file, "utf8"), text);
    });
  }

  it("describes every key, so that the table has no empty meaning", () => {
    const rows = generatedFiles()[1]!
      .text.split("\n")
      .filter((line) => line.startsWith("| `iotef:"));
    assert.ok(rows.length > 40, String(rows.length));
    assert.deepEqual(
      rows.filter((row) => row.endsWith("|  |")),
      [],
    );
  });

  it("fillMarkers replaces what was there and nothing else", () => {
    const text = "a\n<!-- config: written by `npm run schema` -->\nold\n<!-- /config -->\nb\n";
    const filled = fillMarkers(text, "new");
    assert.equal(
      filled,
      `a
<!-- config: written by \`npm run schema\` -->
<!-- prettier-ignore-start -->

new

<!-- prettier-ignore-end -->
<!-- /config -->
b
`,
    );
    assert.equal(fillMarkers(filled, "new"), filled);
  });

  it("fillMarkers says what is missing", () => {
    assert.throws(() => fillMarkers("no markers", "new"), /README\.md: the lines .* are missing/);
  });
});

describe("the schema for editors", () => {
  const validator = z.fromJSONSchema(withoutConditions(stackSchema()) as Parameters<typeof z.fromJSONSchema>[0]);

  for (const name of readdirSync(project).filter((file) => /^Pulumi\..+\.yaml$/.test(file))) {
    it(`accepts ${name}`, () => {
      validator.parse(parse(readFileSync(join(project, name), "utf8")));
    });
  }

  it("refuses a key that IoTEF does not have, yet lets other namespaces be", () => {
    const config = { "iotef:role": "federation", "iotef:clusters": { edge: "organization/iotef/edge" } };
    assert.equal(validator.safeParse({ config: { ...config, "pulumi:tags": {} } }).success, true);
    assert.equal(validator.safeParse({ config: { ...config, "iotef:placements": {} } }).success, false);
  });
});

/** zod reads no if/then/else: each branch beside its role says the same. */
function withoutConditions(schema: ReturnType<typeof stackSchema>): unknown {
  const config = schema.properties!["config"]!;
  const { then: cluster, else: federation, required } = config as Record<string, { required?: string[] }>;
  const branch = (part: unknown) => ({ type: "object", ...(part as object) });
  assert.deepEqual(required, ["iotef:role"]);
  return { type: "object", properties: { config: { anyOf: [branch(cluster), branch(federation)] } } };
}
