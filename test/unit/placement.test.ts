import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parse } from "yaml";
import { ConfigError, formatProblem } from "../../core/errors";
import { checkPlacement } from "../../core/placement/checkPlacement";
import { imageOfStage } from "../../core/placement/imageOfStage";
import { planPlacement, type FederationPlan } from "../../core/placement/planPlacement";
import { federationConfig, reference } from "../support/federationConfig";

const plan = planPlacement(federationConfig());
const cluster = (name: string, of: FederationPlan = plan) => of.clusters.find((each) => each.cluster === name)!;
const rightsOf = (user: string, at: string) =>
  cluster(at)
    .users.find(({ name }) => name === user)
    ?.rights.map(
      ({ resource, name, pattern, operations }) =>
        `${operations.join("+")} ${resource} ${name}${pattern === "prefixed" ? "*" : ""}`,
    );

describe("planPlacement", () => {
  it("places the stages of the committed federation", () => {
    const { config } = parse(readFileSync(join(__dirname, "../../Pulumi.federation.yaml"), "utf8")) as {
      config: Record<string, unknown>;
    };
    const committed = Object.fromEntries(
      Object.entries(config).map(([key, value]) => [key.slice("iotef:".length), value]),
    );
    const { stages } = planPlacement(federationConfig(committed));
    assert.deepEqual(
      stages.map(({ stage, cluster: place }) => [stage, place]),
      [
        ["camera", "edge"],
        ["compress", "edge"],
      ],
    );
  });

  it("keeps checkpoints and dead letters at the destination, one checkpoint partition per lane group", () => {
    const shapes = (name: string) =>
      cluster(name).topics.map((topic) => `${topic.name}/${topic.partitions} ${topic.config["cleanup.policy"]}`);
    assert.deepEqual(shapes("edge"), [
      "frames/5 delete",
      "iotef.checkpoints.camera/2 compact",
      "iotef.dead-letters.camera/5 delete",
    ]);
    assert.deepEqual(shapes("cloud"), [
      "archive/5 delete",
      "iotef.checkpoints.compress/2 compact",
      "iotef.dead-letters.compress/5 delete",
    ]);
  });

  it("turns retention into topic configs", () => {
    const streams = {
      frames: { cluster: "edge", retention: { hours: 2, mebibytesPerPartition: 10 } },
      archive: { cluster: "cloud" },
    };
    const frames = cluster("edge", planPlacement(federationConfig({ streams }))).topics[0]!;
    assert.equal(frames.config["retention.ms"], "7200000");
    assert.equal(frames.config["retention.bytes"], "10485760");
  });

  it("gives a stage's user the least rights on each cluster, and none where it has no stream", () => {
    assert.deepEqual(rightsOf("iotef.compress", "edge"), ["read group iotef.compress", "read topic frames"]);
    assert.deepEqual(rightsOf("iotef.compress", "cloud"), [
      "write topic archive",
      "read+write topic iotef.checkpoints.compress",
      "write topic iotef.dead-letters.compress",
      "write transactional-id iotef.compress.*",
    ]);
    assert.deepEqual(rightsOf("iotef.camera", "edge"), [
      "read group iotef.camera",
      "write topic frames",
      "read+write topic iotef.checkpoints.camera",
      "write topic iotef.dead-letters.camera",
      "write transactional-id iotef.camera.*",
    ]);
    assert.equal(rightsOf("iotef.camera", "cloud"), undefined);
  });

  it("leaves topics, users and rights alone when a stage moves", () => {
    const moved = planPlacement(federationConfig({ placement: { camera: "edge", compress: "cloud" } }));
    assert.deepEqual(moved.clusters, plan.clusters);
    assert.deepEqual(moved.stages[1], { ...plan.stages[1], cluster: "cloud" });
  });

  it("takes hosts by name or by label", () => {
    const hostsOf = (hosts: unknown) =>
      planPlacement(federationConfig({ placement: { camera: "edge", compress: { cluster: "edge", hosts } } }))
        .stages[1]!.hosts;
    assert.deepEqual(hostsOf(["edge-w2", "edge-w1", "edge-w2"]), { names: ["edge-w1", "edge-w2"] });
    assert.deepEqual(hostsOf({ labels: { gpu: "yes", arch: "arm64" } }), { labels: { arch: "arm64", gpu: "yes" } });
  });
});

describe("imageOfStage", () => {
  const images = federationConfig({
    images: { registry: "r.example/iotef", tag: "1.2", digests: { camera: `sha256:${"a".repeat(64)}` } },
  }).images;

  it("goes by digest where there is one, else by tag", () => {
    assert.equal(imageOfStage(images, { process: "camera" }), `r.example/iotef/camera@sha256:${"a".repeat(64)}`);
    assert.equal(imageOfStage(images, { process: "compress" }), "r.example/iotef/compress:1.2");
  });

  it("takes a stage's own image as it is", () => {
    assert.equal(imageOfStage(images, { process: "camera", image: "me/mine:3" }), "me/mine:3");
  });
});

describe("checkPlacement", () => {
  const host = (labels: Record<string, string> = {}) => ({ address: "10.90.1.11", role: "worker" as const, labels });
  const clusters = {
    edge: { hosts: { "edge-m1": host(), "edge-w1": host({ gpu: "yes" }) } },
    cloud: { hosts: { "cloud-w1": host() } },
  };
  const check = (hosts: unknown) =>
    checkPlacement(
      planPlacement(federationConfig({ placement: { camera: "edge", compress: { cluster: "edge", hosts } } })),
      clusters,
    ).map(formatProblem);

  it("accepts hosts and labels that are there", () => {
    assert.deepEqual(check(["edge-w1"]), []);
    assert.deepEqual(check({ labels: { gpu: "yes" } }), []);
  });

  it("names the place, the value and the remedy for a host that is not there", () => {
    assert.deepEqual(check(["edge-w1", "cloud-w1"]), [
      'iotef:placement.compress.hosts: "cloud-w1" is not a host of edge; use edge-m1 or edge-w1',
    ]);
  });

  it("takes no name for a host's because every object has it", () => {
    assert.deepEqual(check(["constructor"]), [
      'iotef:placement.compress.hosts: "constructor" is not a host of edge; use edge-m1 or edge-w1',
    ]);
  });

  it("names the labels that no host carries", () => {
    assert.deepEqual(check({ labels: { gpu: "no" } }), [
      'iotef:placement.compress.hosts.labels: {"gpu":"no"} matches no host of edge; give one of them these labels in its own stack ' +
        "(iotef:hosts.<name>.labels) and run `pulumi up` there first",
    ]);
  });
});

describe("a bad placement", () => {
  const problemsOf = (changes: Record<string, unknown>): string[] => {
    try {
      federationConfig(changes);
    } catch (error) {
      if (error instanceof ConfigError) return error.problems.map(formatProblem);
      throw error;
    }
    return [];
  };

  it("is told with its config path, all at once", () => {
    assert.deepEqual(problemsOf({ placement: { compress: "clod", filter: "edge" } }), [
      "iotef:placement.filter: places a stage that does not exist; use camera or compress",
      "iotef:placement.camera: is missing: stage camera has no place; use cloud or edge",
      'iotef:placement.compress: "clod" is not a cluster; use cloud or edge',
    ]);
  });

  it("is told for the object form too", () => {
    assert.deepEqual(
      problemsOf({ placement: { ...(reference["placement"] as object), compress: { cluster: "clod" } } }),
      ['iotef:placement.compress.cluster: "clod" is not a cluster; use cloud or edge'],
    );
  });
});
