import assert from "node:assert/strict";
import type { StreamEndpoint } from "../../core/contract/stageConfig";
import { until } from "../../core/wait";
import { LocalKafka } from "../support/localKafka";
import { Pipeline } from "../support/pipeline";
import { buildStage, StageProcess } from "../support/stageProcess";
import { Toxiproxy } from "../support/toxiproxy";

const name = "advertised";

/** B13 (facts/kafka.md 5): its bootstrap address is right, and then it tells its clients another one. */
describe("a broker that advertises an address that cannot be reached from elsewhere (kafkajs#532, kafka-images#191)", function () {
  this.timeout(900_000);
  let links: Toxiproxy;
  let kafka: LocalKafka;
  let pipeline: Pipeline;
  /** Ports: what it listens on for stages, and what it tells them. */
  let [bootstrap, advertised]: [number, number] = [0, 0];

  before(async () => {
    buildStage();
    links = await Toxiproxy.start();
    kafka = await LocalKafka.start({
      name,
      brokers: 1,
      stagesThrough: async (_broker, port) => {
        bootstrap = port;
        advertised = await links.listen(name, port);
        return advertised;
      },
    });
    const ends = { source: kafka, destination: kafka };
    pipeline = await Pipeline.create({ name, process: "copy", ...ends, partitions: 1, laneGroups: 1 });
  });
  after(async () => {
    await kafka?.stop();
    await links?.stop();
  });
  afterEach(() => links.heal());

  for (const [what, act] of [
    ["refuses connections", () => links.setOpen(name, false)],
    ["swallows everything", () => links.poisonBothWays(name, { type: "timeout", attributes: { timeout: 0 } })],
  ] as const) {
    for (const [which, end] of [
      ["source", "from"],
      ["destination", "to"],
    ] as const) {
      it(`is named by a stage that is not ready, as that address of its ${which} ${what}`, async () => {
        await act();
        const { config } = pipeline;
        const inside = (endpoint: StreamEndpoint) => ({ ...endpoint, bootstrapServers: kafka.bootstrapServers });
        const elsewhere = { ...config[end]!, bootstrapServers: [`127.0.0.1:${bootstrap}`] };
        const ends = { from: inside(config.from!), to: inside(config.to), [end]: elsewhere };
        const stage = new StageProcess({ config: { ...config, ...ends } });
        try {
          await until(
            "the stage says which broker it does not reach",
            async () => {
              const { status, text } = await stage.get("/readyz");
              assert.equal(status, 503);
              assert.ok(text.includes(`127.0.0.1:${advertised}`), text);
            },
            { within: 300, every: 0.2 },
          );
        } finally {
          await stage.end("SIGTERM");
        }
      });
    }
  }
});
