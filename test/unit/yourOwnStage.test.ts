import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { parse } from "yaml";
import { parseConfig } from "../../core/config";
import { parseDockerfile } from "../../lab/images/parseDockerfile";
import { loadProcess, processorsVariable } from "../../workloads/stage/loadProcess";
import type { SourceRecord, StreamProcessor } from "../../workloads/stage/processor";
import { processorContext } from "../support/processorContext";

const repository = resolve(__dirname, "../..");
const page = readFileSync(join(repository, "docs/your-own-stage.md"), "utf8");

/** The first block of a language on the page. */
function block(language: string): string {
  const found = new RegExp(`\`\`\`${language}\n([^]*?)\`\`\``).exec(page);
  assert.ok(found, `docs/your-own-stage.md has no block of ${language}`);
  return found[1]!;
}

function record(takenAt: string): SourceRecord {
  const coordinates = { clusterId: "c", topic: "archive", partition: 3, offset: 7n };
  return { key: null, value: Buffer.alloc(500), headers: { ce_time: Buffer.from(takenAt) }, timestamp: 0, coordinates };
}

describe("docs/your-own-stage.md", () => {
  it("has a module that the stage runtime loads and that works", async () => {
    const folder = mkdtempSync(join(tmpdir(), "iotef-alarm-"));
    try {
      writeFileSync(join(folder, "alarm.cjs"), block("js"));
      const { module, options } = loadProcess("alarm", { from: 22, until: 6 }, { [processorsVariable]: folder });
      const { process } = module as StreamProcessor;
      const { context } = processorContext(options);
      assert.deepEqual(await process(record("2026-11-25T12:00:00Z"), context), []);
      const [alarm] = await process(record("2026-11-25T23:30:00Z"), context);
      assert.deepEqual(JSON.parse(String(alarm!.value)), {
        camera: 3,
        taken: "2026-11-25T23:30:00.000Z",
        pictureBytes: 500,
      });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });

  it("builds on the image and the version of this repository", () => {
    const { version } = JSON.parse(readFileSync(join(repository, "package.json"), "utf8")) as { version: string };
    assert.deepEqual(parseDockerfile(block("dockerfile")), {
      bases: [`ghcr.io/iotef/stage:${version}`],
      sources: ["alarm.cjs"],
    });
  });

  it("has a configuration that goes with the committed one", () => {
    const committed = configOf(readFileSync(join(repository, "Pulumi.federation.yaml"), "utf8"));
    for (const [key, value] of Object.entries(configOf(block("yaml"))))
      committed[key] = { ...(committed[key] as object), ...(value as object) };
    const config = parseConfig(committed);
    assert.equal(config.role === "federation" && config.stages["alarm"]?.image, "ghcr.io/you/alarm:1");
  });
});

function configOf(yaml: string): Record<string, unknown> {
  const { config } = parse(yaml) as { config: Record<string, unknown> };
  return Object.fromEntries(Object.entries(config).map(([key, value]) => [key.replace(/^iotef:/, ""), value]));
}
