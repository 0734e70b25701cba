import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { ProgramInfo, RunRequest } from "@pulumi/pulumi/proto/language_pb";
import { Struct } from "google-protobuf/google/protobuf/struct_pb";
import { requiredPackages } from "../../lab/toolchain/languageHost/requiredPackages";
import { programCommand, programResult } from "../../lab/toolchain/languageHost/runProgram";
import { readRuntimeOptions, splitArguments } from "../../lab/toolchain/languageHost/runtimeOptions";

describe("language host of the toolchain", () => {
  it("splitArguments keeps quoted parts together", () => {
    assert.deepEqual(splitArguments(`--import tsx  --title='a b' "c \\"d\\"" e\\ f ''`), [
      "--import",
      "tsx",
      "--title=a b",
      'c "d"',
      "e f",
      "",
    ]);
    assert.deepEqual(splitArguments(""), []);
    assert.throws(() => splitArguments("'open"), /not closed/);
  });

  it("readRuntimeOptions refuses what the official host refuses", () => {
    assert.deepEqual(readRuntimeOptions({}), {
      typescript: true,
      tsconfig: undefined,
      nodeargs: [],
      packagemanager: "auto",
    });
    assert.throws(() => readRuntimeOptions({ typescript: "yes" }), /typescript option must be a boolean/);
    assert.throws(
      () => readRuntimeOptions({ packagemanager: "pip" }),
      /one of auto, npm, yarn, pnpm or bun, got "pip"/,
    );
  });

  it("programCommand passes on all of a run", () => {
    const request = new RunRequest();
    request.setProject("iotef");
    request.setStack("edge");
    request.setOrganization("organization");
    request.setMonitorAddress("127.0.0.1:2");
    request.setParallel(16);
    request.setDryrun(true);
    request.setArgsList(["extra"]);
    request.setConfigsecretkeysList(["iotef:token"]);
    request.getConfigMap().set("iotef:hosts", "{}").set("iotef:config:name", "edge");
    const info = new ProgramInfo();
    info.setRootDirectory("/root-dir");
    info.setProgramDirectory("/program");
    info.setEntryPoint(".");
    info.setOptions(Struct.fromJavaScript({ nodeargs: "--max-old-space-size=99", tsconfig: "other.json" }));
    request.setInfo(info);

    const { args, env } = programCommand(request, "/sdk/cmd/run", "127.0.0.1:1", "");
    assert.equal(
      args.join(" "),
      "--max-old-space-size=99 /sdk/cmd/run --monitor 127.0.0.1:2 --engine 127.0.0.1:1 --organization organization " +
        "--project iotef --root-directory /root-dir --stack edge --pwd /program --parallel 16 --dry-run . extra",
    );
    assert.deepEqual(JSON.parse(env.PULUMI_CONFIG ?? ""), { "iotef:config:hosts": "{}", "iotef:config:name": "edge" });
    assert.deepEqual(
      { ...env, PULUMI_CONFIG: "" },
      {
        PULUMI_CONFIG: "",
        PULUMI_CONFIG_SECRET_KEYS: '["iotef:token"]',
        PULUMI_NODEJS_TYPESCRIPT: "true",
        PULUMI_NODEJS_TSCONFIG_PATH: "other.json",
      },
    );
  });

  it("programResult says nothing more of an error that was reported", () => {
    assert.deepEqual(programResult({ code: 0, signal: null }, false), { error: "", bail: false });
    assert.deepEqual(programResult({ code: 32, signal: null }, false), { error: "", bail: true });
    assert.deepEqual(programResult({ code: 3, signal: null }, false), {
      error: "Program exited with non-zero exit code: 3",
      bail: false,
    });
    assert.match(programResult({ code: 134, signal: null }, true).error, /max-old-space-size/);
  });

  it("requiredPackages finds nested and linked SDK packages once", () => {
    const folder = mkdtempSync(join(tmpdir(), "iotef-packages-"));
    const put = (path: string, manifest: object) => {
      mkdirSync(dirname(join(folder, path)), { recursive: true });
      writeFileSync(join(folder, path), JSON.stringify(manifest));
    };
    put("node_modules/@pulumi/command/package.json", {
      name: "@pulumi/command",
      version: "1.2.1",
      pulumi: { resource: true },
    });
    put("node_modules/plain/package.json", { name: "plain", version: "1.0.0" });
    put("node_modules/plain/node_modules/third/package.json", {
      name: "third",
      version: "2.0.0",
      pulumi: { resource: true, name: "thing", version: "v3.0.0", server: "https://example.org" },
    });
    symlinkSync(join(folder, "node_modules/@pulumi/command"), join(folder, "node_modules/again"));
    const found = requiredPackages(folder).map((one) => [one.getName(), one.getVersion(), one.getServer()]);
    rmSync(folder, { recursive: true });
    assert.deepEqual(found.sort(), [
      ["command", "v1.2.1", ""],
      ["thing", "v3.0.0", "https://example.org"],
    ]);
  });
});
