import assert from "node:assert/strict";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "../../core/errors";
import { parseStageConfig, readStageConfig } from "../../workloads/stage/config";
import { readBootstrapServers } from "../../workloads/stage/kafka/bootstrapServers";

const endpoint = (cluster: string, topic: string) => ({
  cluster,
  clusterId: `id-of-${cluster}`,
  topic,
  partitions: 5,
  bootstrapServers: ["10.90.1.11:9092"],
  maxMessageBytes: 4 << 20,
});
const good = {
  pipeline: "iotef",
  stage: "compress",
  process: "compress",
  place: "edge",
  generation: 1_700_000_000_000,
  laneGroups: 2,
  from: endpoint("edge", "frames"),
  to: { ...endpoint("cloud", "archive"), security: { caFile: "/ca", usernameFile: "/u", passwordFile: "/p" } },
  checkpointTopic: "iotef.checkpoints.compress",
  deadLetterTopic: "iotef.dead-letters.compress",
  options: { quality: 60 },
};

function problemsOf(raw: unknown): string[] {
  try {
    parseStageConfig(raw, "stage.json");
    return [];
  } catch (error) {
    assert.ok(error instanceof ConfigError);
    return error.problems.map(({ path }) => path);
  }
}

describe("parseStageConfig", () => {
  it("takes what the stack writes", () => {
    assert.deepEqual(parseStageConfig(good, "stage.json"), good);
  });

  it("takes a file in place of the brokers", () => {
    const fromFile = { ...good, to: { ...good.to, bootstrapServers: { file: "/etc/iotef/brokers/to" } } };
    assert.deepEqual(parseStageConfig(fromFile, "stage.json"), fromFile);
  });

  it("takes a device stage, which has no source stream", () => {
    assert.equal(parseStageConfig({ ...good, from: undefined }, "stage.json").from, undefined);
  });

  it("reports every problem at once, each with its path", () => {
    const bad = { ...good, laneGroups: 0, place: "", extra: 1, to: { ...good.to, bootstrapServers: ["nowhere"] } };
    assert.deepEqual(problemsOf(bad).sort(), [
      "stage.json: laneGroups",
      "stage.json: place",
      "stage.json: the whole file",
      "stage.json: to.bootstrapServers.0",
    ]);
  });

  it("refuses a destination with fewer partitions than the source has", () => {
    assert.deepEqual(problemsOf({ ...good, to: { ...good.to, partitions: 4 } }), ["stage.json: to.partitions"]);
  });
});

describe("readBootstrapServers", () => {
  it("reads the file anew each time, and names it where it has no brokers", () => {
    const folder = mkdtempSync(join(tmpdir(), "iotef-brokers-"));
    const file = join(folder, "from");
    try {
      writeFileSync(file, "10.90.1.11:9092\n10.90.1.12:9092");
      assert.deepEqual(readBootstrapServers({ file }), ["10.90.1.11:9092", "10.90.1.12:9092"]);
      writeFileSync(file, "10.90.1.13:9092\n");
      assert.deepEqual(readBootstrapServers({ file }), ["10.90.1.13:9092"]);
      for (const text of ["", "nowhere"]) {
        writeFileSync(file, text);
        assert.throws(() => readBootstrapServers({ file }), new RegExp(`${file}: .* are no brokers`));
      }
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("readStageConfig", () => {
  it("names the file that is missing", () => {
    assert.throws(
      () => readStageConfig({ IOTEF_STAGE_CONFIG: "/nowhere/stage.json" }),
      /\/nowhere\/stage\.json: cannot be read as JSON/,
    );
  });
});
