import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import execa from "execa";
import type { ClusterConfig } from "../../core/config";
import { hostKeyOf, knownHostsLine, parseKnownHosts } from "../../core/config/knownHosts";

/** OpenSSH to the hosts of a cluster, as its stack file says they are reached. */
export interface Ssh {
  /**
   * Runs a command as root, each line of its output to `onLine`. Any exit code resolves; 255 is OpenSSH's own: the host does not
   * answer, or shows another key.
   */
  run(
    host: string,
    command: string,
    onLine?: (line: string) => void,
  ): Promise<{ exitCode: number; stdout: string; stderr: string }>;
  close(): void;
}

/** @throws Error when the file with the hosts' keys cannot be read */
export function openSsh(
  { hosts, ssh: { user, port, privateKeyFile, knownHostsFile } }: ClusterConfig,
  project: string,
): Ssh {
  const known = knownHostsFile === undefined ? "" : readFileSync(resolve(project, knownHostsFile), "utf8");
  const keys = parseKnownHosts(known);
  const folder = mkdtempSync(join(tmpdir(), "iotef-restore-"));
  const lines = Object.values(hosts).flatMap((host) => {
    const hostKey = hostKeyOf(host, port, keys);
    return hostKey === undefined ? [] : [knownHostsLine({ address: host.address, port, hostKey })];
  });
  writeFileSync(join(folder, "known_hosts"), `${lines.join("\n")}\n`);
  const settings = {
    BatchMode: "yes",
    IdentitiesOnly: "yes",
    ConnectTimeout: "10",
    ServerAliveInterval: "10",
    StrictHostKeyChecking: "yes",
    UserKnownHostsFile: join(folder, "known_hosts"),
    LogLevel: "ERROR",
  };
  const options = Object.entries(settings).flatMap(([key, value]) => ["-o", `${key}=${value}`]);
  return {
    async run(host, command, onLine) {
      const address = hosts[host]!.address;
      const args = [
        "-i",
        resolve(project, privateKeyFile),
        "-p",
        String(port),
        ...options,
        `${user}@${address}`,
        command,
      ];
      const child = execa("ssh", args, { reject: false, stdin: "ignore" });
      if (onLine !== undefined) for (const stream of [child.stdout!, child.stderr!]) passLines(stream, onLine);
      const { exitCode, stdout, stderr } = await child;
      return { exitCode: exitCode ?? 255, stdout, stderr };
    },
    close: () => rmSync(folder, { recursive: true, force: true }),
  };
}

/** Beside execa, which collects the same stream: both listen to its data. */
function passLines(stream: NodeJS.ReadableStream, onLine: (line: string) => void): void {
  let rest = "";
  stream.on("data", (data: Buffer) => {
    const lines = `${rest}${data.toString()}`.split("\n");
    rest = lines.pop()!;
    lines.forEach(onLine);
  });
}
