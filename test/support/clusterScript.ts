import { chmodSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import execa from "execa";

const folder = path.join(__dirname, "../../components/kubeadm/scripts");

/** What a host says to a command: the first answer whose pattern and address fit counts; nothing and success where none does. */
export interface Answer {
  to: RegExp;
  address?: string;
  prints?: string;
  fails?: number;
}

export interface ScriptRun {
  exitCode: number;
  stdout: string;
  stderr: string;
  /** The commands that were given to hosts over SSH, each after its address. */
  commands: string[];
}

/** Node as the ssh of the script: it writes down the command and answers as it was told to. */
const ssh = `#!${process.execPath}
const { appendFileSync, readFileSync } = require("node:fs");
const at = process.argv.findIndex((word) => word.startsWith("root@"));
const address = process.argv[at].slice("root@".length);
const command = process.argv.slice(at + 1).join(" ");
appendFileSync(process.env.SSH_LOG, JSON.stringify(address + " " + command) + "\\n");
const answer = JSON.parse(readFileSync(process.env.SSH_ANSWERS, "utf8")).find(
  (each) => new RegExp(each.to, "s").test(command) && (each.address ?? address) === address,
);
process.stdout.write(answer?.prints ?? "");
process.exitCode = answer?.fails ?? 0;
`;

/**
 * Runs a script of the kubeadm component as Pulumi does, on this machine and with its own bash, but for hosts that are played:
 * what a script decides shows in what it asks them to do. Its pauses take no time.
 */
export async function runClusterScript(
  name: string,
  variables: Readonly<Record<string, string>>,
  answers: readonly Answer[],
): Promise<ScriptRun> {
  const scene = mkdtempSync(path.join(tmpdir(), "iotef-script-"));
  try {
    const bin = path.join(scene, "bin");
    mkdirSync(bin);
    for (const [program, text] of Object.entries({ ssh, sleep: "#!/bin/sh\n" })) {
      writeFileSync(path.join(bin, program), text);
      chmodSync(path.join(bin, program), 0o755);
    }
    const log = path.join(scene, "log");
    writeFileSync(log, "");
    const told = path.join(scene, "answers.json");
    writeFileSync(told, JSON.stringify(answers.map((answer) => ({ ...answer, to: answer.to.source }))));
    const script = ["session.sh", name].map((file) => readFileSync(path.join(folder, file), "utf8")).join("\n");
    const { exitCode, stdout, stderr } = await execa("bash", ["-c", script], {
      env: {
        PATH: `${bin}:${process.env["PATH"]}`,
        SSH_LOG: log,
        SSH_ANSWERS: told,
        SSH_USER: "root",
        SSH_PORT: "22",
        SSH_KEY: "key",
        KNOWN_HOSTS: "",
        LABELS: "",
        ...variables,
      },
      reject: false,
    });
    const commands = readFileSync(log, "utf8").split("\n").filter(Boolean);
    return { exitCode, stdout, stderr, commands: commands.map((line) => JSON.parse(line) as string) };
  } finally {
    rmSync(scene, { recursive: true, force: true });
  }
}
