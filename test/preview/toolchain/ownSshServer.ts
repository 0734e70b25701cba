import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { setTimeout as delay } from "node:timers/promises";

const SSHD = "/usr/sbin/sshd";
const START_LIMIT_MS = 120_000;

/** A real sshd on 127.0.0.1 with keys of its own, for the user who runs the tests. */
export class OwnSshServer {
  private constructor(
    private readonly process: ChildProcess,
    private readonly folder: string,
    readonly port: number,
  ) {}

  /** Takes over environment variables that start with TEST_, refuses all others. */
  static async start(): Promise<OwnSshServer> {
    if (!existsSync(SSHD)) throw new Error(`${SSHD}: not found; install openssh-server (its service need not run)`);
    const folder = mkdtempSync(join(tmpdir(), "iotef-sshd-"));
    for (const key of ["host", "user"]) {
      execFileSync("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-C", "", "-f", join(folder, key)]);
    }
    // sshd insists on its privilege separation folder when root starts it.
    if (process.getuid?.() === 0) mkdirSync("/run/sshd", { recursive: true });
    const port = await freePort();
    const config = [
      `Port ${port}`,
      "ListenAddress 127.0.0.1",
      `HostKey ${join(folder, "host")}`,
      `AuthorizedKeysFile ${join(folder, "user.pub")}`,
      `PidFile ${join(folder, "pid")}`,
      "StrictModes no",
      "UsePAM no",
      "PasswordAuthentication no",
      "PermitRootLogin yes",
      "AcceptEnv TEST_*",
      "Subsystem sftp internal-sftp",
      "MaxStartups 50",
    ];
    writeFileSync(join(folder, "config"), `${config.join("\n")}\n`);
    const child = spawn(SSHD, ["-D", "-e", "-f", join(folder, "config")], { stdio: ["ignore", "ignore", "pipe"] });
    let log = "";
    child.stderr?.setEncoding("utf8").on("data", (text: string) => (log += text));
    await answers(port, () => log);
    return new OwnSshServer(child, folder, port);
  }

  get user(): string {
    return userInfo().username;
  }

  get privateKey(): string {
    return readFileSync(join(this.folder, "user"), "utf8");
  }

  get hostKey(): string {
    return readFileSync(join(this.folder, "host.pub"), "utf8").trim();
  }

  /** A `connection` input as program text. */
  connection(more: Record<string, unknown> = {}): string {
    const { port, user, privateKey, hostKey } = this;
    return JSON.stringify({ host: "127.0.0.1", port, user, privateKey, hostKey, dialErrorLimit: 2, ...more });
  }

  stop(): void {
    this.process.kill();
    rmSync(this.folder, { recursive: true, force: true });
  }
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address() as { port: number };
  await new Promise((resolve) => server.close(resolve));
  return port;
}

async function answers(port: number, log: () => string): Promise<void> {
  for (const deadline = Date.now() + START_LIMIT_MS; ; await delay(50)) {
    const open = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true)).once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    if (Date.now() > deadline) throw new Error(`sshd on 127.0.0.1:${port} did not answer within 20 s: ${log()}`);
  }
}
