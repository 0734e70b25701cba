import { execFileSync, spawn, type ChildProcess } from "node:child_process";
import { chmodSync, copyFileSync, existsSync, mkdirSync, readFileSync, symlinkSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import execa, { type ExecaReturnValue } from "execa";
import { freePorts } from "./freePorts";

const upkeep = resolve(__dirname, "..", "..", "components", "kubeadm", "upkeep");

/** Folder of etcd, etcdctl and etcdutl. @throws Error when IOTEF_ETCD, which `./scripts/test` sets, is missing */
export function etcdPrograms(): string {
  const folder = process.env["IOTEF_ETCD"];
  if (folder === undefined)
    throw new Error("no etcd: set IOTEF_ETCD to the folder of its programs, or run it by ./scripts/test");
  return folder;
}

/**
 * A control plane in a folder: etcd's manifest, certificates, data and upkeep where kubeadm and `pulumi up` put them, and a kubelet
 * that does nothing but run etcd while its manifest is there.
 */
export class LocalControlPlane {
  private etcd: ChildProcess | undefined;
  private readonly kubelet: NodeJS.Timeout;
  private readonly killOnExit = () => this.etcd?.kill("SIGKILL");
  /** Switched off: whatever the manifests say, nothing runs. */
  private off = false;

  private constructor(
    readonly name: string,
    readonly root: string,
    readonly endpoint: string,
  ) {
    this.kubelet = setInterval(() => this.follow(), 100);
    process.once("exit", this.killOnExit);
  }

  /** Control planes whose etcds are one cluster, each in its folder of `folder`. They start at once. */
  static async start(folder: string, names: readonly string[]): Promise<LocalControlPlane[]> {
    const ports = await freePorts(names.length * 2);
    const peers = names.map((name, at) => `${name}=https://127.0.0.1:${ports[at * 2]}`).join(",");
    makeCertificates(join(folder, "pki"));
    return names.map((name, at) => {
      const root = join(folder, name);
      const client = `https://127.0.0.1:${ports[at * 2 + 1]}`;
      layOut(root, join(folder, "pki"));
      writeFileSync(
        join(root, "etc/kubernetes/manifests/etcd.yaml"),
        manifest(root, { name, client, peer: `https://127.0.0.1:${ports[at * 2]}`, peers }),
      );
      return new LocalControlPlane(name, root, client);
    });
  }

  /** Runs one of the host's programs to its end. Any exit code resolves. */
  run(program: string, args: readonly string[] = [], env: NodeJS.ProcessEnv = {}): Promise<ExecaReturnValue> {
    return execa(join(this.root, "usr/local/lib/iotef", program), args, {
      env: { ...process.env, ROOT: this.root, ...env },
      reject: false,
      all: true,
    });
  }

  /** Runs a program until a line of its output contains `text`, then kills it. Resolves with whether it came so far. */
  async killAt(text: string, program: string, args: readonly string[]): Promise<boolean> {
    const child = spawn(join(this.root, "usr/local/lib/iotef", program), args, {
      env: { ...process.env, ROOT: this.root },
      stdio: ["ignore", "pipe", "ignore"],
      detached: true,
    });
    let seen = "";
    child.stdout.on("data", (data: Buffer) => {
      seen += data.toString();
      if (seen.includes(text)) process.kill(-child.pid!, "SIGKILL");
    });
    await new Promise((ended) => child.on("close", ended));
    return child.signalCode === "SIGKILL";
  }

  /** etcdctl against this member. @throws ExecaError when it fails */
  async etcdctl(...args: readonly string[]): Promise<string> {
    const pki = join(this.root, "etc/kubernetes/pki/etcd");
    const keys = ["--cacert", `${pki}/ca.crt`, "--cert", `${pki}/server.crt`, "--key", `${pki}/server.key`];
    const { stdout } = await execa(join(etcdPrograms(), "etcdctl"), ["--endpoints", this.endpoint, ...keys, ...args]);
    return stdout;
  }

  path(...parts: readonly string[]): string {
    return join(this.root, ...parts);
  }

  /** The power goes, until `powerOn`. */
  async cutPower(): Promise<void> {
    this.off = true;
    await this.end("SIGKILL");
  }

  powerOn(): void {
    this.off = false;
  }

  async remove(): Promise<void> {
    clearInterval(this.kubelet);
    process.off("exit", this.killOnExit);
    await this.cutPower();
  }

  private follow(): void {
    const manifestFile = this.path("etc/kubernetes/manifests/etcd.yaml");
    const wanted = !this.off && existsSync(manifestFile);
    if (!wanted) return void (this.off || this.etcd?.kill("SIGTERM"));
    if (this.etcd !== undefined) return;
    const args = [...readFileSync(manifestFile, "utf8").matchAll(/^ *- (--.*)$/gm)].map(([, flag]) => flag!);
    const etcd = spawn("setpriv", ["--pdeathsig", "KILL", join(etcdPrograms(), "etcd"), ...args], { stdio: "ignore" });
    this.etcd = etcd;
    etcd.on("close", () => (this.etcd = undefined));
  }

  private async end(signal: NodeJS.Signals): Promise<void> {
    const { etcd } = this;
    if (etcd === undefined || etcd.exitCode !== null) return;
    const ended = new Promise((resolveEnd) => etcd.once("close", resolveEnd));
    etcd.kill(signal);
    await ended;
  }
}

function layOut(root: string, pki: string): void {
  for (const folder of ["etc/kubernetes/manifests", "etc/kubernetes/pki", "var/lib/etcd", "usr/local/lib/iotef"])
    mkdirSync(join(root, folder), { recursive: true });
  chmodSync(join(root, "var/lib/etcd"), 0o700);
  symlinkSync(pki, join(root, "etc/kubernetes/pki/etcd"));
  symlinkSync(etcdPrograms(), join(root, "usr/local/lib/iotef/etcd"));
  for (const [script, program] of Object.entries({
    "etcd.sh": "etcd.sh",
    "backupEtcd.sh": "backup-etcd",
    "surveyEtcd.sh": "survey-etcd",
    "restoreEtcd.sh": "restore-etcd",
  })) {
    const file = join(root, "usr/local/lib/iotef", program);
    copyFileSync(join(upkeep, script), file);
    chmodSync(file, 0o755);
  }
}

/** As kubeadm writes it, as far as etcd's flags go. */
function manifest(root: string, urls: { name: string; client: string; peer: string; peers: string }): string {
  const pki = join(root, "etc/kubernetes/pki/etcd");
  const flags = {
    "advertise-client-urls": urls.client,
    "cert-file": `${pki}/server.crt`,
    "client-cert-auth": "true",
    "data-dir": join(root, "var/lib/etcd"),
    "initial-advertise-peer-urls": urls.peer,
    "initial-cluster": urls.peers,
    "key-file": `${pki}/server.key`,
    "listen-client-urls": urls.client,
    "listen-peer-urls": urls.peer,
    name: urls.name,
    "peer-cert-file": `${pki}/server.crt`,
    "peer-client-cert-auth": "true",
    "peer-key-file": `${pki}/server.key`,
    "peer-trusted-ca-file": `${pki}/ca.crt`,
    "trusted-ca-file": `${pki}/ca.crt`,
  };
  const lines = Object.entries(flags).map(([flag, value]) => `    - --${flag}=${value}`);
  return `spec:\n  containers:\n  - command:\n    - etcd\n${lines.join("\n")}\n`;
}

/** One authority, one certificate for every purpose on 127.0.0.1. */
function makeCertificates(folder: string): void {
  mkdirSync(folder, { recursive: true });
  const openssl = (...args: string[]): void => void execFileSync("openssl", args, { cwd: folder, stdio: "ignore" });
  const key = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  openssl("req", "-x509", ...key, "-subj", "/CN=etcd-ca", "-keyout", "ca.key", "-out", "ca.crt");
  const uses = ["-addext", "subjectAltName=IP:127.0.0.1", "-addext", "extendedKeyUsage=serverAuth,clientAuth"];
  const signed = ["-CA", "ca.crt", "-CAkey", "ca.key", "-addext", "basicConstraints=critical,CA:false"];
  openssl(
    "req",
    "-x509",
    ...key,
    "-subj",
    "/CN=etcd",
    ...signed,
    ...uses,
    "-keyout",
    "server.key",
    "-out",
    "server.crt",
  );
  for (const end of ["crt", "key"])
    copyFileSync(join(folder, `server.${end}`), join(folder, `healthcheck-client.${end}`));
}
