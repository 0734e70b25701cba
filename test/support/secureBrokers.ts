import { execFileSync, spawn, spawnSync, type ChildProcess } from "node:child_process";
import { randomBytes } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { kafkaUuid } from "../../components/kafka/kafkaUuid";
import { planBrokers, type Broker } from "../../components/kafka/planBrokers";
import { readAsset, renderBrokerFiles } from "../../components/kafka/renderBrokerFiles";
import type { BrokerPorts } from "../../components/kafka/renderServerProperties";
import { Hopeless, until } from "../../core/wait";
import { findKafkaDist } from "./kafkaDist";

/** Brokers as processes of this machine, configured and started by exactly what runs in the cluster. */
export interface SecureBrokers {
  brokers: Broker[];
  clusterId: string;
  /** PEM of the authority. */
  ca: string;
  /** PEM of the operator: key, then certificate. */
  operator: string;
  /** Client listeners. */
  bootstrapServers: string[];
  /** Listeners for client certificates. */
  brokerServers: string[];
  directoryOf(id: number): string;
  /** Puts an empty disk of a freshly prepared machine in the place of a broker's that was stopped. */
  replaceMachine(id: number, machine: string): void;
  /** `variables` go before what the broker's pod has. */
  start(id: number, variables?: Record<string, string>): void;
  /** Waits for a broker that ends by itself and returns what it said. */
  ended(id: number): Promise<string>;
  /** SIGTERM, waits for the end. */
  stopOne(id: number): Promise<void>;
  /** What the readiness probe looks for. */
  ready(id: number): Promise<void>;
  /** Ends every broker and removes every file. */
  stop(): Promise<void>;
}

/** Starts `count` brokers on 127.0.0.1 and waits until all are registered. */
export async function startSecureBrokers(count: number): Promise<SecureBrokers> {
  const { javaHome, libsDir } = findKafkaDist();
  const root = mkdtempSync(join(tmpdir(), "iotef-kafka-"));
  const brokers = planBrokers(Array.from({ length: count }, (_, n) => ({ name: `host-${n}`, address: "127.0.0.1" })));
  const free = await freePorts(count * 3);
  const portsOf = ({ id }: Broker): BrokerPorts => ({
    client: free[id * 3]!,
    controller: free[id * 3 + 1]!,
    broker: free[id * 3 + 2]!,
  });
  const clusterId = kafkaUuid(randomBytes(16).toString("base64"));
  const founders = brokers.map((broker) => ({
    ...broker,
    machine: `machine-${broker.id}`,
    directoryId: kafkaUuid(randomBytes(16).toString("base64")),
  }));
  const authority = openssl("makeAuthority.sh", { COMMON_NAME: "test" });
  const ca = authority.slice(authority.indexOf("-----BEGIN CERTIFICATE"));
  const operator = openssl("signCertificate.sh", { COMMON_NAME: "admin", ALT_NAMES: "" }, authority);
  const running = new Map<number, ChildProcess>();
  const folder = (id: number) => join(root, String(id));
  process.once("exit", () => running.forEach((child) => child.kill("SIGKILL")));

  for (const broker of brokers) {
    const home = folder(broker.id);
    mkdirSync(join(home, "data"), { recursive: true });
    writeFileSync(join(home, "data", ".iotef-machine"), `machine-${broker.id}\n`);
    mkdirSync(join(home, "tmp"));
    const signed = openssl("signCertificate.sh", { COMMON_NAME: "broker", ALT_NAMES: "IP:127.0.0.1" }, authority);
    writeFileSync(join(home, "keystore.pem"), signed, { mode: 0o600 });
    writeFileSync(join(home, "ca.pem"), ca);
    const paths = { data: join(home, "data"), keystore: join(home, "keystore.pem"), truststore: join(home, "ca.pem") };
    const settings = { retentionHours: 1, maxMessageMiB: 4, sessionMs: 6000 };
    const files = renderBrokerFiles({ brokers, clusterId, founders, settings, paths, portsOf });
    for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  }

  const cluster: SecureBrokers = {
    brokers,
    clusterId,
    ca,
    operator,
    bootstrapServers: brokers.map((broker) => `127.0.0.1:${portsOf(broker).client}`),
    brokerServers: brokers.map((broker) => `127.0.0.1:${portsOf(broker).broker}`),
    directoryOf: (id) => join(folder(id), "data"),
    replaceMachine(id, machine) {
      rmSync(cluster.directoryOf(id), { recursive: true });
      mkdirSync(cluster.directoryOf(id));
      writeFileSync(join(cluster.directoryOf(id), ".iotef-machine"), `${machine}\n`);
    },
    start(id, variables = {}) {
      const home = folder(id);
      const child = spawn("sh", [join(home, "runBroker.sh")], {
        env: {
          PATH: `${join(javaHome, "bin")}:${process.env["PATH"]}`,
          POD_NAME: `kafka-${id}`,
          CONFIG: home,
          DATA: join(home, "data"),
          STATE: join(home, "tmp"),
          HEAP_MIB: "192",
          KAFKA_LIBS: libsDir,
          ...variables,
        },
        stdio: ["ignore", "pipe", "pipe"],
      });
      running.set(id, child);
      const keep = (chunk: Buffer) => writeFileSync(join(home, "log"), chunk, { flag: "a" });
      child.stdout.on("data", keep);
      child.stderr.on("data", keep);
    },
    async ended(id) {
      await until(
        `broker ${id} ends`,
        async () => {
          if (running.get(id)?.exitCode == null) throw new Error("it runs");
        },
        { within: 300 },
      );
      return logTail(folder(id));
    },
    async stopOne(id) {
      const child = running.get(id);
      if (child === undefined || child.exitCode !== null) return;
      const ended = new Promise((resolve) => child.once("exit", resolve));
      child.kill("SIGTERM");
      await ended;
      running.delete(id);
    },
    async ready(id) {
      await until(
        `broker ${id} registered`,
        async () => {
          if (running.get(id)?.exitCode != null) throw new Hopeless(logTail(folder(id)));
          const probe = spawnSync("sh", [join(folder(id), "isReady.sh")], { env: { STATE: join(folder(id), "tmp") } });
          if (probe.status !== 0) throw new Error(`${probe.stdout}\n${logTail(folder(id))}`);
        },
        { within: 600 },
      );
    },
    async stop() {
      for (const child of running.values()) child.kill("SIGKILL");
      await Promise.all([...running.keys()].map((id) => cluster.stopOne(id)));
      if (process.env["IOTEF_KEEP"] === undefined) rmSync(root, { recursive: true, force: true });
    },
  };
  try {
    for (const { id } of brokers) cluster.start(id);
    for (const { id } of brokers) await cluster.ready(id);
    return cluster;
  } catch (error) {
    await cluster.stop();
    throw error;
  }
}

function openssl(script: string, variables: Record<string, string>, input = ""): string {
  return execFileSync("/bin/bash", ["-c", readAsset(script)], {
    env: { PATH: process.env["PATH"], ...variables },
    input,
    encoding: "utf8",
    stdio: ["pipe", "pipe", "ignore"],
  });
}

function logTail(home: string): string {
  const log = join(home, "log");
  return existsSync(log) ? readFileSync(log, "utf8").split("\n").slice(-15).join("\n") : "no log";
}

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, () => {
      const server = createServer();
      return new Promise<typeof server>((resolve) => server.listen(0, "127.0.0.1", () => resolve(server)));
    }),
  );
  const found = servers.map((server) => (server.address() as { port: number }).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return found;
}
