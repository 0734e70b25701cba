import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { readResult, renderSummary, type MochaReport } from "../../scripts/testCommand/results";
import { runChild } from "../../scripts/testCommand/runChild";
import { runMocha } from "../../scripts/testCommand/runMocha";
import { profileFor, suites } from "../../scripts/testCommand/suites";

const report = (passes: number, failures: string[], pending = 0): MochaReport => ({
  stats: { passes, failures: failures.length, pending },
  failures: failures.map((fullTitle) => ({ fullTitle, err: { message: `${fullTitle} broke\nat line 1` } })),
});
const well = { exitCode: 0, timedOut: false };

describe("the outcome of a test run", () => {
  it("is what mocha counted", () => {
    assert.deepEqual(readResult("unit", report(3, [], 1), well), { name: "unit", passed: 3, failed: 0, skipped: 1, failures: [] });
    assert.deepEqual(readResult("unit", report(3, ["a b"]), { exitCode: 1, timedOut: false }).failures, ["a b: a b broke"]);
  });

  for (const [what, outcome, ending, failure] of [
    ["no test ran", report(0, []), well, "no test ran"],
    ["all tests were skipped", report(0, [], 4), well, "no test ran"],
    ["mocha ended early", undefined, { exitCode: 7, timedOut: false }, "ended before it had results (exit code 7)"],
    ["mocha was killed", undefined, { exitCode: undefined, timedOut: false }, "ended before it had results (by a signal)"],
    ["mocha hung after its results", report(5, []), { exitCode: undefined, timedOut: true }, "did not end in time"],
    ["the exit code disagrees", report(5, []), { exitCode: 3, timedOut: false }, "all tests passed, yet the exit code was 3"],
  ] as const) {
    it(`is a failure when ${what}`, () => {
      const result = readResult("e2e", outcome, ending);
      assert.equal(result.failed, 1);
      assert.deepEqual(result.failures, [failure]);
    });
  }

  it("ends with one line of sums", () => {
    const results = [readResult("unit", report(3, []), well), readResult("kafka", report(2, ["a b"], 1), { exitCode: 1, timedOut: false })];
    assert.equal(renderSummary(results), "failed in kafka: a b: a b broke\n1 skipped\n5 passed, 1 failed");
  });
});

describe("suites", () => {
  it("take the smallest profile that has what they want", () => {
    const profile = (...names: string[]) => profileFor(suites.filter(({ name }) => names.includes(name)));
    assert.equal(profile("unit"), undefined);
    assert.equal(profile("unit", "kafka"), "kafka");
    assert.equal(profile("preview"), "toolchain");
    assert.equal(profile("kafka", "preview"), "lab");
    assert.equal(profile("e2e"), "lab");
  });
});

describe("runMocha", function () {
  this.timeout(120_000);

  it("reads real counts from a real run", async () => {
    const folder = mkdtempSync(join(tmpdir(), "iotef-suite-"));
    try {
      const file = join(folder, "some.cjs");
      writeFileSync(file, 'it("passes", () => {}); it("fails", () => { throw new Error("on purpose"); }); it("waits");');
      const result = await runMocha({ name: "some", files: file, minutes: 1 }, {}, new AbortController().signal, true);
      assert.deepEqual(result, { name: "some", passed: 1, failed: 1, skipped: 1, failures: ["fails: on purpose"] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("runChild", function () {
  this.timeout(120_000);
  /** Starts a grandchild in the background, says its process id, and waits for ever. */
  const parent = `const { spawn } = require("node:child_process");
    const child = spawn("sleep", ["600"]); console.log(child.pid); setInterval(() => {}, 1000); process.on("SIGINT", () => process.exit(9));`;

  it("stops what the child started, too", async () => {
    const stop = new AbortController();
    const running = runChild(["-e", parent], { minutes: 1, signal: stop.signal, capture: true, onOutput: () => stop.abort() });
    const { exitCode, output } = await running;
    assert.equal(exitCode, 9);
    assert.throws(() => execFileSync("ps", ["-o", "pid=", "-p", output.trim()], { encoding: "utf8" }), `process ${output} is still there`);
  });

  it("ends a child that hangs", async () => {
    const { exitCode, timedOut } = await runChild(["-e", parent], { minutes: 0.01, signal: new AbortController().signal, capture: true });
    assert.equal(timedOut, true);
    assert.equal(exitCode === 9 || exitCode === undefined, true);
  });
});
