import { strict as assert } from "node:assert";
import { parseCpuSeconds, parseMachineSeconds, type CpuReading } from "../bench/cpu";
import { cpuPerThousand, drainFigures, percentile, type Outcome } from "../bench/figures";
import { judgeGoals } from "../bench/goals";
import { readStamp, stamp } from "../bench/load";
import { choose, loadsOf } from "../bench/plan";
import { renderReport } from "../bench/renderReport";

const outcome = (contender: string, recordsPerSecond: number, p95: number, distance = "near"): Outcome => ({
  contender,
  guarantee: contender === "plain" ? "at least once" : "exactly once",
  load: "images",
  distance,
  drain: { recordsPerSecond, seconds: 3, cpu: { contender: 0.5, brokers: 1, disturbance: 0.1 } },
  steady: { p50: p95 / 2, p95, p99: p95 * 2, records: 1200, cpu: { contender: 1, brokers: 2, disturbance: 0.2 } },
  doubled: 0,
  memoryMiB: 150,
});

const reading = (contender: number, brokers: number, others = 0, capacity = 0): CpuReading => {
  return { contender, brokers, others, capacity };
};

describe("bench: figures", () => {
  it("take a backlog's rate and CPU time from the first committed record to the last", () => {
    const growth = [
      { at: 1000, offsets: 110, cpu: reading(5, 50) },
      { at: 2000, offsets: 600, cpu: reading(5.2, 50.5) },
      { at: 3000, offsets: 1100, cpu: reading(5.9, 51.8) },
    ];
    // 1,100 offsets hold 1,000 records and the markers of transactions.
    const { recordsPerSecond, seconds, cpu } = drainFigures(growth, 1000);
    assert.equal(recordsPerSecond, 450);
    assert.equal(seconds, 2);
    assert.equal(cpu.contender.toFixed(3), "1.000");
    assert.equal(cpu.brokers.toFixed(3), "2.000");
    assert.throws(() => drainFigures(growth.slice(0, 1), 1000), /arrived at once.*make it larger/);
  });

  it("share CPU time out over records", () => {
    const shares = cpuPerThousand(reading(1, 2, 5, 100), reading(2, 6, 6, 104), 2000);
    assert.deepEqual(shares, { contender: 0.5, brokers: 2, disturbance: 0.25 });
  });

  it("take percentiles by nearest rank", () => {
    const values = Array.from({ length: 100 }, (_, n) => 100 - n);
    assert.deepEqual(
      [0.5, 0.95, 0.99, 1].map((share) => percentile(values, share)),
      [50, 95, 99, 100],
    );
    assert.equal(percentile([7], 0.5), 7);
    assert.throws(() => percentile([], 0.5), /no values/);
  });

  it("read the CPU time of a program with any name", () => {
    const stat = "4711 (a (very) odd name) S 1 4711 4711 0 -1 4194560 9 0 0 0 250 50 0 0 20 0 30 0 100 1 2 3";
    assert.equal(parseCpuSeconds(stat), 3);
  });

  it("read what the whole machine has worked, waiting left out", () => {
    const stat = "cpu  100 20 30 800 40 0 5 5 7 7\ncpu0 1 2 3 4 5 6 7 8 9 10\n";
    assert.deepEqual(parseMachineSeconds(stat), { busy: 1.6, capacity: 10 });
  });

  it("find in a value what was stamped on it", () => {
    const value = Buffer.alloc(32);
    stamp(value, 70_000, 123_456_789_012_345n);
    assert.deepEqual(readStamp(value), { sequence: 70_000, sentAt: 123_456_789_012_345n });
  });
});

describe("bench: goals", () => {
  const judge = (...outcomes: Outcome[]): boolean[] => judgeGoals(outcomes).map(({ met }) => met);

  it("are met at the limit and missed beyond it", () => {
    assert.deepEqual(judge(outcome("ours", 1200, 30), outcome("plain", 1000, 15), outcome("mirrormaker", 300, 300)), [
      true,
      true,
      true,
      true,
    ]);
    assert.deepEqual(judge(outcome("ours", 1190, 31), outcome("plain", 1000, 15), outcome("mirrormaker", 300, 300)), [
      false,
      false,
      false,
      false,
    ]);
  });

  it("are about neighbours, and only about what was measured", () => {
    assert.deepEqual(judge(outcome("ours", 1200, 30, "far"), outcome("plain", 1000, 15, "far")), []);
    assert.equal(judge(outcome("ours", 1200, 30), outcome("plain", 1000, 15)).length, 2);
    assert.deepEqual(judge(outcome("plain", 1000, 15)), []);
  });
});

describe("bench: report", () => {
  const sections = [
    { load: "images", distance: "near", title: "images, near" },
    { load: "images", distance: "far", title: "images, far" },
  ];

  it("has a table for each load and distance that was measured, with ratios to ours", () => {
    const outcomes = [outcome("ours", 1200, 20), outcome("plain", 800, 15)];
    assert.equal(
      renderReport(sections, outcomes, judgeGoals(outcomes)),
      `images, near
contender  guarantee      records/s  ours:it  p50 ms  p95 ms  p99 ms  it:ours p95  CPU drain  steady  it:ours  brokers drain  steady  MiB  disturbed  doubled
ours       exactly once        1200     1.00    10.0    20.0    40.0         1.00      0.500   1.000     1.00          1.000   2.000  150    10%/20%        0
plain      at least once        800     1.50     7.5    15.0    30.0         0.75      0.500   1.000     1.00          1.000   2.000  150    10%/20%        0

goals
met     backlog of images: at least 1.2 times the plain at-least-once copy's rate: 1.50 times
met     40 images/s: at most 15 ms more at p95 than the plain at-least-once copy: 5.0 ms more`,
    );
  });

  it("says why a contender has no figures", () => {
    const failed: Outcome = {
      contender: "streams",
      guarantee: "exactly once",
      load: "images",
      distance: "far",
      error: "it ended",
    };
    const lines = renderReport(sections, [failed], []).split("\n");
    assert.match(lines[2]!, /^streams +exactly once +- +-/);
    assert.equal(lines[3], "streams failed: it ended");
  });
});

describe("bench: choice", () => {
  const all = {
    contenders: ["ours", "plain"].map((name) => ({
      name,
      guarantee: "exactly once" as const,
      insideOneCluster: false,
      start: () => Promise.reject(new Error("not in this test")),
    })),
    loads: loadsOf(true),
    distances: [{ name: "near" as const, title: "" }],
  };

  it("keeps what is named, and all of a kind of which nothing is named", () => {
    const { contenders, loads } = choose(all, ["ours"]);
    assert.deepEqual(
      contenders.map(({ name }) => name),
      ["ours"],
    );
    assert.deepEqual(
      loads.map(({ name }) => name),
      ["images", "readings"],
    );
    assert.throws(() => choose(all, ["mirror"]), /--only: "mirror" is no contender, load or distance; use ours, plain/);
  });
});
