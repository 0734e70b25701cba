import assert from "node:assert/strict";
import { globPattern, selectPaths } from "../../lab/toolchain/command/collectAssets";
import { checkConnection, readConnection } from "../../lab/toolchain/command/connection";
import { handshakeText, tcpText } from "../../lab/toolchain/command/dialErrors";
import { commandError, exitText, goQuote } from "../../lab/toolchain/command/goText";
import { CommandOutput } from "../../lab/toolchain/command/output";
import { Secret, UNKNOWN } from "../../lab/toolchain/provider/values";

describe("command stand-in of the toolchain", () => {
  it("goQuote quotes as Go's %q", () => {
    assert.equal(goQuote('a "b"\n\t\\ \u0001 é 😀'), String.raw`"a \"b\"\n\t\\ \x01 é 😀"`);
    assert.equal(goQuote("\u00a0\u200b"), String.raw`"\u00a0\u200b"`);
  });

  it("exitText and commandError word an end as the official plugin", () => {
    assert.equal(exitText(0, null), undefined);
    assert.equal(exitText(2, null), "exit status 2");
    assert.equal(exitText(null, "SIGKILL"), "signal: killed");
    assert.equal(commandError("exit status 2", "false", "out\n").message, 'exit status 2: running "false":\nout\n');
  });

  it("selectPaths applies globs in order, exclusions last", () => {
    const paths = ["assets/logos/logo.svg", "src/index.js", "src/secret.js", "top.txt"];
    assert.deepEqual(selectPaths(paths, ["assets/**", "src/**.js", "!**secret.*"]), paths.slice(0, 2));
    assert.deepEqual(selectPaths(paths, ["*"]), ["top.txt"]);
  });

  it("globPattern knows alternatives, classes and escapes", () => {
    assert.ok(globPattern("{a,b}[!0-9].t?t").test("bx.txt"));
    assert.ok(!globPattern("{a,b}[!0-9].t?t").test("b1.txt"));
    assert.ok(globPattern("a\\*").test("a*"));
    assert.ok(!globPattern("a.c").test("abc"));
  });

  it("checkConnection fills defaults and makes all of it secret", () => {
    const failures: never[] = [];
    const checked = checkConnection({ host: "h", proxy: { host: "p", port: 2222 } }, failures);
    assert.ok(checked instanceof Secret);
    assert.deepEqual(readConnection(checked), {
      host: "h",
      port: 22,
      user: "root",
      dialErrorLimit: 10,
      perDialTimeout: 15,
      proxy: { host: "p", port: 2222, user: "root", dialErrorLimit: 10, perDialTimeout: 15 },
    });
    assert.deepEqual(failures, []);
  });

  it("checkConnection names what is missing, and waits for what is unknown", () => {
    const failures: { property: string }[] = [];
    checkConnection(undefined, failures as never);
    checkConnection({ user: "u" }, failures as never);
    checkConnection({ host: "h", proxy: {} }, failures as never);
    checkConnection(UNKNOWN, failures as never);
    assert.deepEqual(
      failures.map(({ property }) => property),
      ["connection", "connection.host", "connection.proxy.host"],
    );
  });

  it("dial errors read as Go's", () => {
    const endpoint = { host: "fd00::1", port: 22, user: "root", dialErrorLimit: 10, perDialTimeout: 15 };
    const error = (code: string) => Object.assign(new Error("raw"), { code });
    assert.equal(tcpText(endpoint, error("EHOSTUNREACH")), "dial tcp [fd00::1]:22: connect: no route to host");
    assert.equal(tcpText({ ...endpoint, host: "h" }, error("ETIMEDOUT")), "dial tcp h:22: i/o timeout");
    assert.equal(tcpText({ ...endpoint, host: "h" }, error("ENOTFOUND")), "dial tcp: lookup h: no such host");
    assert.equal(
      handshakeText(Object.assign(new Error("Host denied (verification failed)")), {}),
      "ssh: handshake failed: ssh: host key mismatch",
    );
  });

  it("CommandOutput shows lines by logging and keeps everything", () => {
    const shown: string[] = [];
    const output = new CommandOutput("stderr", { status: (_severity, line) => shown.push(line) });
    output.add("stdout", Buffer.from("out\n"));
    output.add("stderr", Buffer.from("half"));
    output.add("stderr", Buffer.from(" line\nlast"));
    output.end();
    assert.deepEqual(shown, ["half line", "last"]);
    assert.equal(output.text("stdout"), "out");
    assert.equal(output.everything(), "out\nhalf line\nlast");
  });
});
