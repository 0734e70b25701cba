import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { OwnSshServer } from "./ownSshServer";
import { TemporaryProgram } from "./temporaryProgram";

const CLI_LIMIT_MS = 300_000;
const OTHER_KEY = "ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIMhQ5ylnSXO/zFaVWFAvAGY9gR8qv5wHqyZQzkT2MFSK";

describe("command:remote of the toolchain", function () {
  this.timeout(CLI_LIMIT_MS);
  let program: TemporaryProgram;
  let first: OwnSshServer;
  let second: OwnSshServer;
  const read = (name: string) => readFileSync(join(program.folder, name), "utf8");

  before(async () => {
    program = await TemporaryProgram.create();
    first = await OwnSshServer.start();
    second = await OwnSshServer.start();
  });
  after(() => {
    first?.stop();
    second?.stop();
    program?.remove();
  });

  const declare = (connection: string, inputs: string, options = "{}") =>
    program.write(`
      const c = new command.remote.Command("c", { connection: ${connection}, ${inputs} }, ${options});
      exports.stdout = c.stdout;`);

  /** Notes on which server a command ran. */
  const note = (what: string) => `echo "${what} $SSH_CONNECTION" >> ${join(program.folder, "log")}`;

  it("runs create over SSH with stdin and environment, checking the host key", async () => {
    declare(
      first.connection(),
      `create: "cat; echo $TEST_A; ${note("create").replaceAll('"', '\\"')}",
      stdin: pulumi.secret("fed-by-stdin "), environment: { TEST_A: "given" }, delete: '${note("delete")}', logging: "none"`,
    );
    await program.up();
    assert.equal((await program.outputs()).stdout, "fed-by-stdin given");
  });

  it("keeps the connection and secret inputs out of the plain state", async () => {
    const { text, resources } = await program.state();
    assert.ok(!text.includes("OPENSSH PRIVATE KEY"));
    assert.ok(!JSON.stringify(resources.c?.inputs).includes("fed-by-stdin"));
    const { connection } = resources.c?.outputs ?? {};
    assert.ok(connection && "ciphertext" in (connection as object));
  });

  it("sees no change in a second run", async () => {
    await program.up("--expect-no-changes");
  });

  it("updates, without a replacement, when the connection changes", async () => {
    declare(
      second.connection(),
      `create: '${note("create")}', update: '${note("update")}', delete: '${note("delete")}'`,
    );
    const { c } = await program.preview();
    assert.equal(c?.[0]?.op, "update");
    assert.ok(Object.keys(c?.[0]?.detailedDiff ?? {}).includes("connection"));
    await program.up();
    assert.match(read("log"), new RegExp(`update .* ${second.port}\n$`));
  });

  it("deletes over the connection of the last run when a replacement uses another one", async () => {
    declare(first.connection(), `create: '${note("create")}', delete: '${note("delete")}', triggers: ["new"]`);
    await program.up();
    const lines = read("log").trimEnd().split("\n").slice(-2);
    assert.match(lines[0] ?? "", new RegExp(`^create .* ${first.port}$`));
    assert.match(lines[1] ?? "", new RegExp(`^delete .* ${second.port}$`));
  });

  it("hides an output that the program declares secret", async () => {
    const secret = "a-word-that-must-not-show";
    declare(
      first.connection(),
      `create: "echo a-word-that-must-not-''show", logging: "none"`,
      `{ additionalSecretOutputs: ["stdout"] }`,
    );
    const { stdout } = await program.up();
    assert.ok(!stdout.includes(secret));
    assert.ok(!(await program.state()).text.includes(secret));
    assert.equal((await program.outputs()).stdout, secret);
  });

  it("fails with the exit status, the command and its output", async () => {
    declare(first.connection(), `create: "echo told; echo why >&2; exit 9"`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(
      stdout,
      /Process exited with status 9: running "echo told; echo why >&2; exit 9":\s+(told\s+why|why\s+told)/,
    );
  });

  it("fails when the connection is lost while the command runs", async () => {
    declare(first.connection(), `create: "kill -9 $PPID; sleep 60"`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(stdout, /wait: remote command exited without exit status or exit signal: running "kill -9/);
  });

  it("refuses another host key at once", async () => {
    declare(first.connection({ hostKey: OTHER_KEY, dialErrorLimit: -1 }), `create: "true"`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(stdout, /ssh: handshake failed: ssh: host key mismatch/);
  });

  it("tries a host that does not answer again, then says what it saw", async () => {
    declare(JSON.stringify({ host: "127.0.0.1", port: 1, dialErrorLimit: 3 }), `create: "true"`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(stdout, /after 3 failed attempts: dial tcp 127\.0\.0\.1:1: connect: connection refused/);
  });

  it("says when the host takes none of the credentials", async () => {
    declare(first.connection({ privateKey: second.privateKey, dialErrorLimit: 1 }), `create: "true"`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(
      stdout,
      /ssh: unable to authenticate, attempted methods \[none publickey\], no supported methods remain/,
    );
  });

  it("reports environment variables that sshd does not take", async () => {
    declare(first.connection(), `create: "true", environment: { OTHER: "x" }`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(stdout, /Unable to set 'OTHER'\. This only works if your SSH server/);
  });

  it("goes through a proxy", async () => {
    const proxy = JSON.parse(second.connection()) as unknown;
    declare(first.connection({ proxy }), `create: "echo through"`);
    await program.up();
    assert.equal((await program.outputs()).stdout, "through");
  });

  it("copies files and folders", async () => {
    const source = join(program.folder, "source");
    const target = join(program.folder, "target");
    mkdirSync(join(source, "deep"), { recursive: true });
    mkdirSync(target);
    writeFileSync(join(source, "deep/file"), "one");
    const copy = `
      const copied = new command.remote.CopyToRemote("copied", { connection: ${first.connection()},
        source: new pulumi.asset.FileArchive("${source}"), remotePath: "${target}" });`;
    program.write(copy);
    await program.up();
    assert.equal(readFileSync(join(target, "source/deep/file"), "utf8"), "one");
    await program.up("--expect-no-changes");
    writeFileSync(join(source, "deep/file"), "two");
    assert.equal((await program.preview()).copied?.[0]?.op, "update");
    await program.up();
    assert.equal(readFileSync(join(target, "source/deep/file"), "utf8"), "two");
  });

  it("names the config path of a host that does not answer, through an error hook", async () => {
    program.write(`
      const hook = new pulumi.ErrorHook("unreachable", (args) => {
        pulumi.log.error(\`iotef:hosts.edge-m1.address: no answer (\${args.failedOperation} of \${args.name}): \${args.errors[0]}\`);
        return false;
      });
      new command.remote.Command("lost", { connection: { host: "127.0.0.1", port: 1, dialErrorLimit: 1 }, create: "true" },
        { hooks: { onError: [hook] } });`);
    const { stdout } = await program.fail("up", "--yes", "--skip-preview");
    assert.match(stdout, /iotef:hosts\.edge-m1\.address: no answer \(create of lost\): after 1 failed attempts/);
  });
});
