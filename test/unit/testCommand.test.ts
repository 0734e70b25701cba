import { strict as assert } from "node:assert";
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../core/wait";
import { readResult, renderSummary, type MochaReport } from "../../scripts/testCommand/results";
import { runChild } from "../../scripts/testCommand/runChild";
import { profilesFor, sideBySide, suites } from "../../scripts/testCommand/suites";

const report = (passes: number, failures: string[], pending = 0): MochaReport => ({
  stats: { passes, failures: failures.length, pending },
  failures: failures.map((fullTitle) => ({ fullTitle, err: { message: `${fullTitle} broke\nat line 1` } })),
});
/** Nobody presses Ctrl-C. */
const never = new AbortController().signal;
const well = { exitCode: 0, timedOut: false };

describe("the outcome of a test run", () => {
  it("is what mocha counted", () => {
    assert.deepEqual(readResult("unit", report(3, [], 1), well), {
      name: "unit",
      passed: 3,
      failed: 0,
      skipped: 1,
      failures: [],
    });
    assert.deepEqual(readResult("unit", report(3, ["a b"]), { exitCode: 1, timedOut: false }).failures, [
      "a b: a b broke",
    ]);
  });

  for (const [what, outcome, ending, failure] of [
    ["no test ran", report(0, []), well, "no test ran"],
    ["all tests were skipped", report(0, [], 4), well, "no test ran"],
    ["mocha ended early", undefined, { exitCode: 7, timedOut: false }, "ended before it had results (exit code 7)"],
    [
      "mocha was killed",
      undefined,
      { exitCode: undefined, timedOut: false },
      "ended before it had results (by a signal)",
    ],
    ["mocha hung after its results", report(5, []), { exitCode: undefined, timedOut: true }, "did not end in time"],
    [
      "the exit code disagrees",
      report(5, []),
      { exitCode: 3, timedOut: false },
      "all tests passed, yet the exit code was 3",
    ],
  ] as const) {
    it(`is a failure when ${what}`, () => {
      const result = readResult("e2e", outcome, ending);
      assert.equal(result.failed, 1);
      assert.deepEqual(result.failures, [failure]);
    });
  }

  it("ends with one line of sums", () => {
    const results = [
      readResult("unit", report(3, []), well),
      readResult("kafka", report(2, ["a b"], 1), { exitCode: 1, timedOut: false }),
    ];
    assert.equal(renderSummary(results), "failed in kafka: a b: a b broke\n1 skipped\n5 passed, 1 failed");
  });
});

describe("suites", () => {
  it("want no more artifacts than they need", () => {
    const profiles = (...names: string[]) => profilesFor(suites.filter(({ name }) => names.includes(name)));
    assert.deepEqual(profiles("unit"), []);
    assert.deepEqual(profiles("unit", "kafka"), ["faults"]);
    assert.deepEqual(profiles("preview", "rack"), ["toolchain", "rack"]);
    assert.deepEqual(profiles("e2e"), ["lab"]);
  });

  it("run side by side where their lanes differ, and alone where they have none", () => {
    const order = (...names: string[]) =>
      sideBySide(suites.filter(({ name }) => names.includes(name))).map((step) =>
        step.map((lane) => lane.map(({ name }) => name)),
      );
    assert.deepEqual(order("unit", "preview", "rack", "kafka", "e2e"), [
      [["unit"]],
      [["preview", "rack"], ["kafka"]],
      [["e2e"]],
    ]);
    assert.deepEqual(order("rack", "etcd"), [[["rack", "etcd"]]]);
    assert.deepEqual(order("unit", "e2e"), [[["unit"]], [["e2e"]]]);
  });
});

describe("the reporter", function () {
  this.timeout(600_000);

  it("shows names on the screen and leaves counts in a file", async () => {
    const folder = mkdtempSync(join(tmpdir(), "iotef-suite-"));
    try {
      const [file, output] = [join(folder, "some.cjs"), join(folder, "report.json")];
      writeFileSync(
        file,
        'it("passes", () => {}); it("fails", () => { throw new Error("on purpose"); }); it("waits");',
      );
      const reporter = require.resolve("../../scripts/testCommand/specAndJson.cjs");
      const args = [
        require.resolve("mocha/bin/mocha.js"),
        "--reporter",
        reporter,
        "--reporter-option",
        `output=${output}`,
        file,
      ];
      const ending = await runChild(args, { minutes: 2, signal: never, capture: true });
      assert.match(ending.output, /✔ passes/);
      const result = readResult("some", JSON.parse(readFileSync(output, "utf8")) as MochaReport, ending);
      assert.deepEqual(result, { name: "some", passed: 1, failed: 1, skipped: 1, failures: ["fails: on purpose"] });
    } finally {
      rmSync(folder, { recursive: true });
    }
  });
});

describe("runChild", function () {
  this.timeout(600_000);
  let folder: string;
  let pidFile: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "iotef-child-"));
    pidFile = join(folder, "pid");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** Starts a grandchild, writes down its process id, and waits for ever. */
  const parent = (): string[] => [
    "-e",
    `const { spawn } = require("node:child_process");
    process.on("SIGINT", () => process.exit(9));
    setInterval(() => {}, 1000);
    const { pid } = spawn("sleep", ["600"], { stdio: "ignore" });
    require("node:fs").writeFileSync(${JSON.stringify(pidFile)}, String(pid));`,
  ];
  const grandchildIsGone = (): Promise<void> =>
    until(
      "the grandchild is gone",
      async () => {
        const pid = Number(readFileSync(pidFile, "utf8"));
        // A zombie that nobody has buried yet has no memory and no command line.
        if (existsSync(`/proc/${pid}/cmdline`) && readFileSync(`/proc/${pid}/cmdline`, "utf8") !== "")
          throw new Error("it runs");
      },
      { within: 100, every: 0.1 },
    );

  it("puts the label before each line of a child that runs beside others", async () => {
    const shown: string[] = [];
    const write = process.stdout.write.bind(process.stdout);
    process.stdout.write = (text: string) => shown.push(text) > 0;
    try {
      const args = ["-e", 'console.log("one\\ntwo"); console.error("three")'];
      await runChild(args, { minutes: 2, signal: never, label: "rack" });
    } finally {
      process.stdout.write = write;
    }
    assert.deepEqual(shown.sort(), ["rack | one\n", "rack | three\n", "rack | two\n"]);
  });

  it("stops what the child started, too", async () => {
    const stop = new AbortController();
    const running = runChild(parent(), { minutes: 2, signal: stop.signal });
    await until("the child has started", async () => assert.notEqual(readFileSync(pidFile, "utf8"), ""), {
      within: 300,
      every: 0.1,
    });
    stop.abort();
    assert.deepEqual(await running, { exitCode: 9, timedOut: false, output: "" });
    await grandchildIsGone();
  });

  it("ends a child that takes longer than it may", async () => {
    const args = ["-e", "setInterval(() => {}, 1000)"];
    const { exitCode, timedOut } = await runChild(args, { minutes: 0.001, signal: never });
    assert.deepEqual({ exitCode, timedOut }, { exitCode: undefined, timedOut: true });
  });

  it("ends at once what is started after the stop", async () => {
    const { timedOut } = await runChild(["-e", "setInterval(() => {}, 1000)"], {
      minutes: 2,
      signal: AbortSignal.abort(),
    });
    assert.equal(timedOut, false);
  });
});
