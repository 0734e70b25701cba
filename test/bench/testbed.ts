import { LocalKafka } from "../support/localKafka";
import { Toxiproxy } from "../support/toxiproxy";
import type { RouteEnd } from "./contender";

/** Where the destination is, seen from the contender. */
export interface Distance {
  /** As `--only` and the table name it. */
  name: "near" | "far";
  title: string;
}

/** One way, to and from the destination's brokers. */
const farMs = 25;
const brokers = 3;

export const distances: readonly Distance[] = [
  { name: "near", title: "clusters side by side" },
  { name: "far", title: `destination ${farMs} ms away (one way)` },
];

/** Two clusters; the second one can also be reached over a distance, by a second listener behind a proxy. */
export class Testbed {
  private constructor(
    readonly edge: LocalKafka,
    readonly cloud: LocalKafka,
    private readonly proxy: Toxiproxy,
  ) {}

  static async start(): Promise<Testbed> {
    const proxy = await Toxiproxy.start();
    const names: string[] = [];
    const started = await Promise.allSettled([
      LocalKafka.start({ name: "edge", brokers }),
      LocalKafka.start({
        name: "cloud",
        brokers,
        stagesThrough: (broker, port) => {
          names.push(`cloud-${broker}`);
          return proxy.listen(`cloud-${broker}`, port);
        },
      }),
    ]);
    const [edge, cloud] = started;
    if (edge.status === "rejected" || cloud.status === "rejected") {
      await Promise.all(started.map((each) => each.status === "fulfilled" && each.value.stop()));
      await proxy.stop();
      throw edge.status === "rejected" ? edge.reason : (cloud as PromiseRejectedResult).reason;
    }
    for (const name of names) await proxy.poisonBothWays(name, { type: "latency", attributes: { latency: farMs } });
    return new Testbed(edge.value, cloud.value, proxy);
  }

  get brokerPids(): number[] {
    return [...this.edge.brokerPids, ...this.cloud.brokerPids];
  }

  /** What of the testbed is no broker. */
  get servingPids(): number[] {
    return this.proxy.pid === undefined ? [] : [this.proxy.pid];
  }

  /** A topic at the source. */
  source(topic: string): RouteEnd {
    return { kafka: this.edge, cluster: "edge", bootstrapServers: this.edge.bootstrapServers, topic };
  }

  /** A topic at the destination, as a contender reaches it. */
  destination(topic: string, { name }: Distance): RouteEnd {
    const { bootstrapServers, stageBootstrapServers } = this.cloud;
    return {
      kafka: this.cloud,
      cluster: "cloud",
      bootstrapServers: name === "far" ? stageBootstrapServers : bootstrapServers,
      topic,
    };
  }

  /** Deletes all topics but Kafka's own. */
  async clear(): Promise<void> {
    for (const kafka of [this.edge, this.cloud]) {
      await kafka.withAdmin(async (admin) => {
        const topics = (await admin.listTopics()).filter((topic) => !topic.startsWith("__"));
        if (topics.length > 0) await admin.deleteTopics({ topics, timeout: 30_000 });
      });
    }
  }

  async stop(): Promise<void> {
    await Promise.all([this.edge.stop(), this.cloud.stop(), this.proxy.stop()]);
  }
}
