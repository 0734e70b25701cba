import { strict as assert } from "node:assert";
import fc from "fast-check";
import type { FederationConfig } from "../../core/config";
import { planPlacement } from "../../core/placement/planPlacement";
import { federationConfig } from "../support/federationConfig";

const clusterNames = ["edge", "edge2", "cloud"];

/** A chain of stages over streams on any clusters, placed anywhere. */
const federation: fc.Arbitrary<FederationConfig> = fc
  .array(
    fc.record({
      streamAt: fc.constantFrom(...clusterNames),
      placedAt: fc.constantFrom(...clusterNames),
      laneGroups: fc.integer({ min: 1, max: 5 }),
    }),
    {
      minLength: 1,
      maxLength: 6,
    },
  )
  .map((links) =>
    federationConfig({
      clusters: Object.fromEntries(clusterNames.map((name) => [name, `organization/iotef/${name}`])),
      streams: Object.fromEntries(links.map(({ streamAt }, n) => [`stream-${n}`, { cluster: streamAt }])),
      stages: Object.fromEntries(
        links.map(({ laneGroups }, n) => [
          `stage-${n}`,
          { process: "copy", laneGroups, to: `stream-${n}`, ...(n === 0 ? {} : { from: `stream-${n - 1}` }) },
        ]),
      ),
      placement: Object.fromEntries(links.map(({ placedAt }, n) => [`stage-${n}`, placedAt])),
    }),
  );

describe("planPlacement, for any federation", () => {
  it("does not look at the order of keys", () => {
    fc.assert(
      fc.property(federation, (config) => {
        const reversed = { ...config };
        for (const key of ["clusters", "streams", "stages", "placement"] as const) {
          Object.assign(reversed, { [key]: Object.fromEntries(Object.entries(config[key]).reverse()) });
        }
        assert.equal(JSON.stringify(planPlacement(reversed)), JSON.stringify(planPlacement(config)));
      }),
    );
  });

  it("puts every stage on exactly one cluster of the federation", () => {
    fc.assert(
      fc.property(federation, (config) => {
        const { stages } = planPlacement(config);
        assert.deepEqual(
          stages.map(({ stage }) => stage),
          Object.keys(config.stages).sort(),
        );
        for (const { cluster } of stages) assert.ok(cluster in config.clusters);
      }),
    );
  });

  it("changes nothing but the place of the stage that moves", () => {
    fc.assert(
      fc.property(federation, fc.nat(), fc.constantFrom(...clusterNames), (config, which, to) => {
        const names = Object.keys(config.stages).sort();
        const moving = names[which % names.length]!;
        const before = planPlacement(config);
        const after = planPlacement({ ...config, placement: { ...config.placement, [moving]: to } });
        assert.deepEqual(after.clusters, before.clusters);
        assert.deepEqual(
          after.stages,
          before.stages.map((stage) => (stage.stage === moving ? { ...stage, cluster: to } : stage)),
        );
      }),
    );
  });

  it("lets each topic be written by one stage only, and each stage read and write what it must", () => {
    fc.assert(
      fc.property(federation, (config) => {
        const { clusters, stages } = planPlacement(config);
        for (const { topics, users } of clusters) {
          const mayWrite = users.flatMap(({ name, rights }) =>
            rights
              .filter(({ resource, operations }) => resource === "topic" && operations.includes("write"))
              .map((right) => [right.name, name] as const),
          );
          assert.equal(new Set(mayWrite.map(([topic]) => topic)).size, mayWrite.length);
          assert.deepEqual(mayWrite.map(([topic]) => topic).sort(), topics.map(({ name }) => name).sort());
        }
        for (const { from, user } of stages.filter((stage) => stage.from !== undefined)) {
          const rights = clusters
            .find(({ cluster }) => cluster === from!.cluster)!
            .users.find(({ name }) => name === user)!.rights;
          assert.ok(rights.some(({ name, operations }) => name === from!.topic && operations.includes("read")));
        }
      }),
    );
  });
});
