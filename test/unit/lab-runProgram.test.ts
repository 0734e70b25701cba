import assert from "node:assert/strict";
import { spawn } from "node:child_process";
import { once } from "node:events";
import path from "node:path";

const root = path.join(__dirname, "..", "..");
const talker = `
  const { Command } = require("commander");
  const { runProgram } = require("./lab/commands/runProgram");
  const program = new Command().action(async () => {
    for (;;) {
      process.stdout.write("one more line\\n");
      await new Promise((resolve) => setTimeout(resolve, 5));
    }
  });
  void runProgram(program, ["node", "talker"]);
`;

describe("runProgram", () => {
  it("ends without a word when nobody reads its output any longer, as in `lab status | head`", async () => {
    const child = spawn(process.execPath, ["--import", "tsx", "-e", talker], { cwd: root });
    let complaints = "";
    child.stderr.on("data", (chunk: Buffer) => (complaints += chunk.toString()));
    child.stdout.once("data", () => child.stdout.destroy());
    const [code] = (await once(child, "close")) as [number];
    assert.deepEqual({ code, complaints }, { code: 141, complaints: "" });
  });
});
