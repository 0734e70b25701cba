import { strict as assert } from "node:assert";
import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { until } from "../../core/wait";
import { runRecipe } from "../../lab/artifacts/runRecipe";

/** A recipe with a mount and a process in the background, as the builders of images have them. */
describe("a recipe", function () {
  this.timeout(120_000);
  let folder: string;
  let recipe: string;
  let log: string;
  const seconds = 100_000 + process.pid;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "iotef-recipe-"));
    recipe = join(folder, "recipe.sh");
    log = join(folder, "log");
    writeFileSync(
      recipe,
      `mkdir "$WORK/mounted"; mount -t tmpfs none "$WORK/mounted"; sleep ${seconds} & echo started; wait`,
    );
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const started = (): Promise<void> =>
    until(
      "the recipe has started",
      () => {
        if (!existsSync(log) || !readFileSync(log, "utf8").includes("started")) throw new Error("nothing said yet");
        return Promise.resolve();
      },
      { within: 60, every: 0.05 },
    );
  const nothingLeft = (): Promise<void> =>
    until(
      "nothing of the recipe is left",
      () => {
        assert.deepEqual(sleepers(seconds), []);
        rmSync(join(folder, "mounted"), { recursive: true, force: true });
        return Promise.resolve();
      },
      { within: 60, every: 0.05 },
    );

  it("ends with all that it started when it is interrupted", async () => {
    const stop = new AbortController();
    const run = runRecipe({ recipe, env: { ...process.env, WORK: folder }, log, signal: stop.signal });
    await started();
    assert.equal(sleepers(seconds).length, 1);
    stop.abort();
    assert.equal(await run, null);
    await nothingLeft();
  });

  it("ends, its mounts too, when the process that runs it is killed", async () => {
    const program = `
      const { runRecipe } = require(${JSON.stringify(resolve("lab/artifacts/runRecipe.ts"))});
      runRecipe({ ...JSON.parse(process.argv[1]), env: process.env, signal: new AbortController().signal });`;
    const parent = spawn(process.execPath, ["--import", "tsx", "-e", program, JSON.stringify({ recipe, log })], {
      env: { ...process.env, WORK: folder },
      stdio: "inherit",
    });
    await started();
    assert.equal(sleepers(seconds).length, 1);
    parent.kill("SIGKILL");
    await nothingLeft();
  });

  it("returns its exit code", async () => {
    writeFileSync(recipe, "false; echo never");
    assert.equal(await runRecipe({ recipe, env: process.env, log, signal: new AbortController().signal }), 1);
    assert.equal(readFileSync(log, "utf8"), "");
  });
});

/** Processes that sleep for so many seconds: a number that is nobody else's. */
function sleepers(seconds: number): string[] {
  return readdirSync("/proc").filter((pid) => {
    try {
      return /^\d+$/.test(pid) && readFileSync(`/proc/${pid}/cmdline`, "utf8") === `sleep\0${seconds}\0`;
    } catch {
      return false;
    }
  });
}
