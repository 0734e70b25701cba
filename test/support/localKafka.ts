import { spawn, type ChildProcess } from "node:child_process";
import {
  cpSync,
  createWriteStream,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import net from "node:net";
import { tmpdir } from "node:os";
import path from "node:path";
import { Kafka, logLevel, type Admin, type ITopicConfig } from "kafkajs";
import { Hopeless, until } from "../../core/wait";
import { coordinatorPartition } from "../../scripts/faultsCommand/coordinatorPartition";
import { freePorts } from "./freePorts";
import { findKafkaDist, type KafkaDist } from "./kafkaDist";
import { brokerProperties, stageListener, type LocalBroker } from "./localBroker";

export interface LocalKafkaOptions {
  /** For log lines and the data folder. */
  name: string;
  /** Combined brokers and voters. @default 3 */
  brokers?: number;
  /** Beside, and before, the defaults here. */
  properties?: Record<string, string>;
  /**
   * Gives each broker a second listener for stages that is reached only through something in between: called with the port
   * that the broker listens on, returns the port that it advertises. Missing: stages use the one listener there is.
   */
  stagesThrough?: (broker: number, port: number) => Promise<number>;
}

/** Flags that keep a broker small; sources in facts/kafka.md 3. */
const jvmFlags = [
  "-Xms192m",
  "-Xmx256m",
  "-XX:+UseSerialGC",
  "-Xss512k",
  "-XX:TieredStopAtLevel=1",
  "-XX:ReservedCodeCacheSize=64m",
];
const startSeconds = 300;
const formatSeconds = 300;

interface Node extends LocalBroker {
  propertiesFile: string;
  process?: ChildProcess;
}

/** A Kafka cluster of local processes on 127.0.0.1, with its data in a temporary folder that `stop` removes. */
export class LocalKafka {
  private constructor(
    readonly name: string,
    readonly clusterId: string,
    private readonly dist: KafkaDist,
    private readonly root: string,
    private readonly nodes: Node[],
  ) {}

  /** Formats and starts all brokers and waits until each of them is registered and takes requests. */
  static async start({ name, brokers = 3, properties = {}, stagesThrough }: LocalKafkaOptions): Promise<LocalKafka> {
    const dist = findKafkaDist();
    const root = mkdtempSync(path.join(tmpdir(), `iotef-local-${name}-`));
    const ports = await freePorts(brokers * 3);
    const voters = Array.from({ length: brokers }, (_, n) => `${n + 1}@127.0.0.1:${ports[brokers + n]}`).join(",");
    const nodes: Node[] = [];
    for (let n = 0; n < brokers; n++) {
      const behind = ports[2 * brokers + n]!;
      const node: Node = {
        id: n + 1,
        port: ports[n]!,
        stagePort: stagesThrough === undefined ? ports[n]! : await stagesThrough(n + 1, behind),
        dataDir: path.join(root, `data-${n + 1}`),
        propertiesFile: path.join(root, `broker-${n + 1}.properties`),
      };
      const all = {
        ...brokerProperties(node, ports[brokers + n]!, voters, Math.min(brokers, 3)),
        ...(stagesThrough !== undefined && stageListener(node, ports[brokers + n]!, behind)),
        ...properties,
      };
      writeFileSync(
        node.propertiesFile,
        Object.entries(all)
          .map(([key, value]) => `${key}=${value}\n`)
          .join(""),
      );
      nodes.push(node);
    }
    const clusterId = Buffer.from(`${name}-0123456789abcdef`).subarray(0, 16).toString("base64url");
    const cluster = new LocalKafka(name, clusterId, dist, root, nodes);
    process.once("exit", () => cluster.abandon());
    try {
      await Promise.all(nodes.map((node) => cluster.format(node)));
      for (const { id } of nodes) cluster.startBroker(id);
      await cluster.untilHealthy();
      return cluster;
    } catch (error) {
      await cluster.stop();
      throw error;
    }
  }

  get bootstrapServers(): string[] {
    return this.nodes.map(({ port }) => `127.0.0.1:${port}`);
  }

  /** Where stages start from; the same where they have no listener of their own. */
  get stageBootstrapServers(): string[] {
    return this.nodes.map(({ stagePort }) => `127.0.0.1:${stagePort}`);
  }

  /** Where a broker keeps its partitions. */
  dataDirOf(id: number): string {
    return this.node(id).dataDir;
  }

  get brokerIds(): number[] {
    return this.nodes.map(({ id }) => id);
  }

  /** Processes of the brokers that have been started. */
  get brokerPids(): number[] {
    return this.nodes.flatMap(({ process: broker }) => (broker?.pid === undefined ? [] : [broker.pid]));
  }

  client(brokers = this.bootstrapServers): Kafka {
    return new Kafka({
      brokers,
      clientId: "test",
      logLevel: logLevel.NOTHING,
      connectionTimeout: 5000,
      retry: { initialRetryTime: 50, retries: 10, maxRetryTime: 1000 },
    });
  }

  /** Creates topics and waits until every broker that runs knows their leaders: one that has not heard of a topic denies it. */
  async createTopics(topics: ITopicConfig[]): Promise<void> {
    const replicationFactor = Math.min(3, this.nodes.length);
    await this.withAdmin(async (admin) => {
      await admin.createTopics({
        topics: topics.map((topic) => ({ replicationFactor, ...topic })),
        waitForLeaders: false,
        timeout: 30_000,
      });
    });
    const names = topics.map(({ topic }) => topic);
    const running = this.nodes.filter(({ process: broker }) => broker?.exitCode === null && broker.signalCode === null);
    await Promise.all(
      running.map(({ id, port }) =>
        until(
          `cluster ${this.name}: broker ${id} knows the leaders of ${names.join(", ")}`,
          () => this.withAdmin((admin) => admin.fetchTopicMetadata({ topics: names }), [`127.0.0.1:${port}`]),
          { within: 300, every: 0.2 },
        ),
      ),
    );
  }

  /** Starts a broker that is not running. */
  startBroker(id: number): void {
    const node = this.node(id);
    const log = createWriteStream(path.join(this.root, `broker-${id}.log`), { flags: "a" });
    node.process = this.java(["-Xshare:auto", ...jvmFlags, "kafka.Kafka", node.propertiesFile]);
    node.process.stdout!.pipe(log);
    node.process.stderr!.pipe(log, { end: false });
  }

  /** Sends a signal: SIGKILL, SIGTERM, SIGSTOP or SIGCONT. SIGKILL and SIGTERM wait for the end of the process. */
  async signalBroker(id: number, signal: NodeJS.Signals): Promise<void> {
    const { process: broker } = this.node(id);
    if (!broker || broker.exitCode !== null || broker.signalCode !== null)
      throw new Error(`${this.name}: broker ${id} is not running`);
    const ends = signal === "SIGKILL" || signal === "SIGTERM";
    const gone = ends ? new Promise((resolve) => broker.once("exit", resolve)) : undefined;
    broker.kill(signal);
    await gone;
  }

  /**
   * Takes a broker away as if its host had lost power: it stands still, and the kernel drops what asks it for a connection, as
   * all that may wait for one are waiting. Returns what ends it.
   */
  async silenceBroker(id: number): Promise<() => Promise<void>> {
    await this.signalBroker(id, "SIGSTOP");
    const waiting: net.Socket[] = [];
    await until(
      `cluster ${this.name}: broker ${id} takes no more connections`,
      async () => {
        const socket = net.connect({ host: "127.0.0.1", port: this.node(id).port });
        waiting.push(socket);
        const taken = await new Promise((resolve) => {
          socket.once("connect", () => resolve(true)).once("error", () => resolve(true));
          // Where this process stood still both may be due: the connection counts.
          setTimeout(() => setImmediate(resolve, false), 500);
        });
        if (taken) throw new Error(`${waiting.length} were taken`);
      },
      { within: 300, every: 0.001 },
    );
    return async () => {
      for (const socket of waiting) socket.destroy();
      await this.signalBroker(id, "SIGCONT");
    };
  }

  /** Waits until all brokers are registered and every partition of every topic has all its replicas in sync. */
  async untilHealthy(): Promise<void> {
    await until(
      `cluster ${this.name}: all brokers there and all replicas in sync`,
      async () => {
        for (const { id, process: broker } of this.nodes) {
          if (broker?.exitCode) throw new Hopeless(`broker ${id} ended with ${broker.exitCode}: ${this.tail(id)}`);
        }
        await this.withAdmin(async (admin) => {
          const { brokers } = await admin.describeCluster();
          if (brokers.length < this.nodes.length)
            throw new Error(`${brokers.length} of ${this.nodes.length} brokers are registered`);
          const topics = await admin.listTopics();
          const metadata = topics.length === 0 ? [] : (await admin.fetchTopicMetadata({ topics })).topics;
          for (const { name, partitions } of metadata) {
            const behind = partitions.find(({ isr, replicas }) => isr.length < replicas.length);
            if (behind)
              throw new Error(
                `${name}/${behind.partitionId} has ${behind.isr.length} of ${behind.replicas.length} replicas in sync`,
              );
          }
        });
      },
      { within: startSeconds, every: 0.5 },
    );
  }

  /** The broker that keeps a transactional id, or a consumer group; asked again while brokers come and go. */
  async coordinatorOf(
    name: string,
    topic: "__transaction_state" | "__consumer_offsets" = "__transaction_state",
  ): Promise<number> {
    return until(
      `cluster ${this.name}: ${topic} has a leader for ${name}`,
      () =>
        this.withAdmin(async (admin) => {
          const { partitions } = (await admin.fetchTopicMetadata({ topics: [topic] })).topics[0]!;
          const wanted = coordinatorPartition(name, partitions.length);
          const { leader } = partitions.find(({ partitionId }) => partitionId === wanted)!;
          if (leader < 0) throw new Error(`partition ${wanted} has none`);
          return leader;
        }),
      { within: 300, every: 0.2 },
    );
  }

  async withAdmin<T>(use: (admin: Admin) => Promise<T>, brokers = this.bootstrapServers): Promise<T> {
    const admin = this.client(brokers).admin();
    try {
      await admin.connect();
      return await use(admin);
    } finally {
      await admin.disconnect();
    }
  }

  /** Copies what the brokers have said, and their segments of some topics (no indexes: 20 MiB each), into a folder for each broker. */
  copyLogs(topics: readonly string[], folder: string): void {
    for (const { id, dataDir } of this.nodes) {
      const copy = path.join(folder, `broker-${id}`);
      const partitions = readdirSync(dataDir).filter((name) => topics.includes(name.replace(/-\d+$/, "")));
      for (const name of partitions)
        cpSync(path.join(dataDir, name), path.join(copy, name), { recursive: true, filter: isFolderOrSegment });
      cpSync(path.join(this.root, `broker-${id}.log`), path.join(copy, "broker.log"));
    }
  }

  /** Stops all brokers and removes their data. */
  async stop(): Promise<void> {
    const ends = this.nodes.map(
      ({ process: broker }) =>
        broker &&
        broker.exitCode === null &&
        broker.signalCode === null &&
        new Promise((resolve) => broker.once("exit", resolve)),
    );
    this.killAll();
    await Promise.all(ends);
    this.removeData();
  }

  /** When this process ends without `stop`, for example by Ctrl-C: what was killed a moment ago may still write. */
  private abandon(): void {
    this.killAll();
    this.removeData();
  }

  private killAll(): void {
    for (const { process: broker } of this.nodes) broker?.kill("SIGKILL");
  }

  private removeData(): void {
    rmSync(this.root, { recursive: true, force: true, maxRetries: 5 });
  }

  private node(id: number): Node {
    const node = this.nodes.find((each) => each.id === id);
    if (!node) throw new Error(`${this.name}: no broker ${id}; there are ${this.brokerIds.join(", ")}`);
    return node;
  }

  private async format({ propertiesFile }: Node): Promise<void> {
    const tool = this.java([
      "-Xshare:auto",
      "-Xmx96m",
      "-XX:TieredStopAtLevel=1",
      "kafka.tools.StorageTool",
      "format",
      "-t",
      this.clusterId,
      "-c",
      propertiesFile,
    ]);
    let output = "";
    tool.stdout!.on("data", (text) => (output += text));
    tool.stderr!.on("data", (text) => (output += text));
    const timer = setTimeout(() => tool.kill("SIGKILL"), formatSeconds * 1000);
    const code = await new Promise((resolve) => tool.once("close", resolve));
    clearTimeout(timer);
    if (code !== 0) throw new Error(`formatting for ${propertiesFile} ended with ${code}: ${output}`);
  }

  /** A JVM that dies with this process, and gives way to everything else on the machine. */
  private java(args: string[]): ChildProcess {
    const java = path.join(this.dist.javaHome, "bin", "java");
    const log4j = `-Dlog4j2.configurationFile=${path.join(__dirname, "log4j2.properties")}`;
    const command = [
      "--pdeathsig",
      "KILL",
      "nice",
      "-n",
      "10",
      java,
      "-cp",
      path.join(this.dist.libsDir, "*"),
      log4j,
      ...args,
    ];
    return spawn("setpriv", command, { stdio: ["ignore", "pipe", "pipe"] });
  }

  private tail(id: number): string {
    const file = path.join(this.root, `broker-${id}.log`);
    return existsSync(file) ? readFileSync(file, "utf8").slice(-1500) : "no log";
  }
}

function isFolderOrSegment(file: string): boolean {
  return file.endsWith(".log") || statSync(file).isDirectory();
}
