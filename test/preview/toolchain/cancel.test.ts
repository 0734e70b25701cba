import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";
import { pulumiEnvironment } from "../../../lab/toolchain";
import { OwnSshServer } from "./ownSshServer";
import { TemporaryProgram } from "./temporaryProgram";

const LIMIT_MS = 120_000;

describe("cancelling a run with the toolchain", function () {
  this.timeout(3 * LIMIT_MS);
  let program: TemporaryProgram;
  let server: OwnSshServer;

  before(async () => {
    program = await TemporaryProgram.create();
    server = await OwnSshServer.start();
  });
  after(() => {
    server?.stop();
    program?.remove();
  });

  it("an interrupt ends local and remote commands and the run", async () => {
    const pidFile = (name: string) => join(program.folder, `${name}.pid`);
    program.write(`
      new command.local.Command("near", { create: "sleep 987654 & echo $! > ${pidFile("near")}; wait" });
      new command.remote.Command("far", { connection: ${server.connection()}, create: "echo $$ > ${pidFile("far")}; exec sleep 987653" });`);
    await program.run("stack", "ls");
    const { places } = program;
    const cli = spawn("pulumi", ["up", "--yes", "--skip-preview", "--stack", "dev"], {
      cwd: program.folder,
      env: pulumiEnvironment(places),
    });
    let said = "";
    for (const stream of [cli.stdout, cli.stderr])
      stream.setEncoding("utf8").on("data", (text: string) => (said += text));
    const ended = new Promise<number | null>((resolve) => cli.on("close", resolve));

    await eventually(
      "both commands run",
      () => ["near", "far"].every((name) => existsSync(pidFile(name)) && pidOf(pidFile(name)) > 0),
      () => said,
    );
    cli.kill("SIGINT");
    const code = await Promise.race([ended, delay(LIMIT_MS).then(() => assert.fail(`still running: ${said}`))]);
    assert.notEqual(code, 0);
    await eventually(
      "the local command is gone",
      () => !isAlive(pidOf(pidFile("near"))),
      () => said,
    );
    // Closing an SSH session leaves its process alone; so does the official plugin.
    if (isAlive(pidOf(pidFile("far")))) process.kill(pidOf(pidFile("far")));
  });
});

function pidOf(file: string): number {
  return Number(readFileSync(file, "utf8"));
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}

async function eventually(what: string, holds: () => boolean, saw: () => string): Promise<void> {
  for (const deadline = Date.now() + LIMIT_MS; !holds(); await delay(100)) {
    if (Date.now() > deadline) assert.fail(`${what}: not within ${LIMIT_MS / 1000} s; saw ${saw()}`);
  }
}
