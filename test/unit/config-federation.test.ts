import { strict as assert } from "node:assert";
import { problemsOf, rawFederation } from "../support/stackConfig";

describe("validateFederation", () => {
  it("takes any number of clusters, and placements in both forms", () => {
    const raw = rawFederation();
    raw.clusters["edge2"] = "organization/iotef/edge2";
    raw.placement["compress"] = { cluster: "edge2", hosts: ["edge2-m1"] };
    raw.placement["camera"] = { cluster: "edge", hosts: { labels: { camera: "yes" } } };
    assert.deepEqual(problemsOf(raw), []);
  });

  it("refuses a placement on a cluster that does not exist", () => {
    const raw = rawFederation();
    raw.placement["compress"] = "clod";
    assert.deepEqual(problemsOf(raw), ['iotef:placement.compress: "clod" is not a cluster; use cloud or edge']);
  });

  it("takes no name for known because every object has it", () => {
    const raw = rawFederation();
    raw.placement["compress"] = "constructor";
    assert.deepEqual(problemsOf(raw), ['iotef:placement.compress: "constructor" is not a cluster; use cloud or edge']);
  });

  it("names the key within a placement that is an object", () => {
    const raw = rawFederation();
    raw.placement["compress"] = { cluster: "clod" };
    assert.deepEqual(problemsOf(raw), ['iotef:placement.compress.cluster: "clod" is not a cluster; use cloud or edge']);
  });

  it("refuses the placement of a stage that does not exist", () => {
    const raw = rawFederation();
    raw.placement["compres"] = "edge";
    assert.deepEqual(problemsOf(raw), [
      "iotef:placement.compres: places a stage that does not exist; use camera or compress",
    ]);
  });

  it("refuses a stage without a place", () => {
    const raw = rawFederation();
    delete raw.placement["compress"];
    assert.deepEqual(problemsOf(raw), [
      "iotef:placement.compress: is missing: stage compress has no place; use cloud or edge",
    ]);
  });

  it("refuses a stream on a cluster that does not exist", () => {
    const raw = rawFederation();
    raw.streams["archive"] = { cluster: "clod" };
    assert.deepEqual(problemsOf(raw), ['iotef:streams.archive.cluster: "clod" is not a cluster; use cloud or edge']);
  });

  for (const end of ["from", "to"] as const) {
    it(`refuses a stage whose "${end}" is no stream`, () => {
      const raw = rawFederation();
      (raw.stages["compress"] as Record<string, string>)[end] = "frame";
      assert.deepEqual(problemsOf(raw), [
        `iotef:stages.compress.${end}: "frame" is not a stream; use archive or frames`,
      ]);
    });
  }

  it("refuses a stage that writes what it reads", () => {
    const raw = rawFederation();
    raw.stages["compress"] = { process: "compress", from: "archive", to: "archive" };
    assert.deepEqual(problemsOf(raw), [
      'iotef:stages.compress.to: "archive" is also what the stage reads; use another stream',
    ]);
  });

  it("refuses fewer partitions than a stage has lanes", () => {
    const raw = rawFederation();
    raw.streams["archive"] = { cluster: "cloud", partitions: 3 };
    assert.deepEqual(problemsOf(raw), [
      "iotef:streams.archive.partitions: 3 is fewer than the 5 of frames, which stage compress reads; every lane needs a partition of its own",
    ]);
  });

  it("refuses a second writer of a stream", () => {
    const raw = rawFederation();
    raw.stages["other"] = { process: "compress", from: "frames", to: "archive" };
    raw.placement["other"] = "cloud";
    assert.deepEqual(problemsOf(raw), [
      'iotef:stages.other.to: "archive" is written by stage compress too; a partition has one writer, use another stream',
    ]);
  });

  it("reports all of them at once", () => {
    const raw = rawFederation();
    raw.streams["archive"] = { cluster: "clod", partitions: 1 };
    raw.stages["camera"] = { process: "camera", to: "frame" };
    raw.placement = { compress: "moon", other: "edge" };
    assert.deepEqual(
      problemsOf(raw).map((line) => line.split(": ")[0]),
      [
        "iotef:streams.archive.cluster",
        "iotef:stages.camera.to",
        "iotef:streams.archive.partitions",
        "iotef:placement.other",
        "iotef:placement.camera",
        "iotef:placement.compress",
      ],
    );
  });
});
