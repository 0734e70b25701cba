import { strict as assert } from "node:assert";
import fc from "fast-check";
import { orderOf } from "../../scripts/faultsCommand/coldStart";
import { compareOwners } from "../../scripts/faultsCommand/hiccup";
import type { Kill } from "../../scripts/faultsCommand/killHost";
import { coordinatorPartition } from "../../scripts/faultsCommand/coordinatorPartition";
import { percentile } from "../../scripts/faultsCommand/percentile";
import { describeSoakRound, planSoakRound } from "../../scripts/faultsCommand/planSoak";
import { parseCopy } from "../../scripts/faultsCommand/readCopies";
import { renderFailover, renderKill } from "../../scripts/faultsCommand/renderFailover";
import { takeoversIn } from "../../scripts/faultsCommand/takeovers";
import { lanesOfGroups } from "../../scripts/faultsCommand/untilOwned";

const copy = (pod: string, groups: number[], counts = { rebuilds: 0, standDowns: 0 }) => ({
  pod,
  host: `host-of-${pod}`,
  groups,
  ...counts,
});
const kill = (takeoverMs: number, coordinated = false): Kill => ({
  host: "edge-w1",
  groups: [1],
  takeoverMs,
  gapMs: takeoverMs + 500,
  inputGapMs: 900,
  ledLanes: [3],
  coordinated,
  wholeMs: 60_000,
});

describe("a copy's own words", () => {
  it("are read for lane groups that run, and for sessions given up", () => {
    const metrics = [
      'iotef_stage_lane_group_state{group="1",state="running"} 1',
      'iotef_stage_lane_group_state{group="0",state="running"} 1',
      'iotef_stage_lane_group_state{group="2",state="running"} 0',
      'iotef_stage_lane_group_state{group="3",state="fencing"} 1',
      'iotef_stage_rebuilds_total{group="0"} 2',
      'iotef_stage_fences_total{group="1"} 1',
    ].join("\n");
    assert.deepEqual(parseCopy("a", "edge-w1", metrics), {
      pod: "a",
      host: "edge-w1",
      groups: [0, 1],
      rebuilds: 2,
      standDowns: 1,
    });
  });
  it("tell when it took a lane group over; other lines and one cut short are passed over", () => {
    const log = [
      '{"level":"info","time":"2026-01-31T12:00:00.250Z","group":1,"from":"recovering","to":"running","msg":"lane group 1 is running"}',
      '{"level":"info","time":"2026-01-31T12:00:01.000Z","group":1,"from":"running","to":"rebuilding","msg":"x"}',
      '{"level":"info","time":"2026-01-31T12:0","to":"running"',
      "Trace of something",
    ].join("\n");
    assert.deepEqual(takeoversIn(log), [{ group: 1, at: Date.parse("2026-01-31T12:00:00.250Z") }]);
  });
});

describe("a hiccup", () => {
  it("moved nothing where each lane group has the owner it had", () => {
    const before = [copy("a", [0]), copy("b", [1])];
    assert.deepEqual(compareOwners("host-of-a", 1000, before, before).moved, []);
  });
  it("shows what moved, and what was given up meanwhile, also by a copy that is new", () => {
    const before = [copy("a", [0], { rebuilds: 1, standDowns: 0 }), copy("b", [1])];
    const after = [copy("b", [0, 1]), copy("c", [], { rebuilds: 1, standDowns: 1 })];
    assert.deepEqual(compareOwners("host-of-a", 1000, before, after), {
      host: "host-of-a",
      forMs: 1000,
      moved: [0],
      rebuilds: 1,
      standDowns: 1,
    });
  });
});

describe("figures of sudden deaths", () => {
  it("are nearest ranks", () => {
    assert.deepEqual(
      [0.5, 0.95, 1].map((share) => percentile([4, 1, 3, 2], share)),
      [2, 4, 4],
    );
    assert.equal(percentile([], 0.5), undefined);
  });
  it("are shown for all deaths and for those that took no coordinator along", () => {
    assert.equal(
      renderFailover([kill(1000), kill(2000), kill(9000, true)]),
      `                                         median     p95     max  kills
new owner (the reference's de: 4 s)      2.00 s  9.00 s  9.00 s      3
new owner, where the coordinator lived   1.00 s  2.00 s  2.00 s      2
gap of the output in the victim's lanes  2.50 s  9.50 s  9.50 s      3
gap of the input in the same lanes       0.90 s  0.90 s  0.90 s      3`,
    );
    assert.match(
      renderKill(1, kill(9000, true)),
      /with the coordinator and the leader of lane 3: new owner after 9.00 s/,
    );
  });
  it("know whom a group asks, as Kafka does", () => {
    assert.equal(coordinatorPartition("a", 5), 97 % 5);
    assert.equal(coordinatorPartition("ab", 50), (97 * 31 + 98) % 50);
    // What Kafka's own Utils.abs makes of negative hashes, -1872742512 and the least there is.
    assert.equal(coordinatorPartition("iotef.count", 5), 2);
    assert.equal(coordinatorPartition("polygenelubricants", 5), 0);
  });
  it("know the lanes of lane groups", () => assert.deepEqual(lanesOfGroups([1], 2, 5), [1, 3]));
});

describe("what a seed does", () => {
  const sites = ["edge", "cloud"].map((name) => ({
    name,
    controlPlanes: ["m1", "m2", "m3"].map((host) => `${name}-${host}`),
    workers: ["w1", "w2"].map((host) => `${name}-${host}`),
  }));
  it("is the same each time", () => {
    assert.deepEqual(planSoakRound(sites, 7), planSoakRound(sites, 7));
    assert.deepEqual(orderOf(["a", "b", "c"], 7), orderOf(["a", "b", "c"], 7));
  });
  it("leaves three brokers and two control planes in each site, and does something", () => {
    fc.assert(
      fc.property(fc.nat(), (seed) => {
        const { hosts, link } = planSoakRound(sites, seed);
        for (const { name } of sites) {
          const down = hosts.filter(({ host }) => host.startsWith(`${name}-`));
          if (down.length > 2 || down.filter(({ host }) => host.includes("-m")).length > 1) return false;
          if (new Set(down.map(({ host }) => host)).size < down.length) return false;
        }
        return hosts.length > 0 || link !== undefined;
      }),
      { numRuns: 200 },
    );
  });
  it("switches every host on once", () => {
    const hosts = ["a", "b", "c", "d"];
    fc.assert(fc.property(fc.nat(), (seed) => orderOf(hosts, seed).sort().join() === hosts.join()));
  });
  it("is told in words", () => {
    const hosts = [{ host: "edge-m1", fault: "drop" as const }];
    const link = { kind: "cut", from: "edge", to: "cloud", oneWay: true } as const;
    assert.equal(
      describeSoakRound({ hosts, link, forSeconds: 9 }),
      "drop edge-m1, link edge -> cloud cut one way for 9 s",
    );
  });
});
