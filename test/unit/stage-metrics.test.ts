import assert from "node:assert/strict";
import { once } from "node:events";
import net, { type AddressInfo, type Socket } from "node:net";
import type { StageConfig } from "../../core/contract/stageConfig";
import { until } from "../../core/wait";
import { createLog } from "../../workloads/stage/log";
import { StageMetrics } from "../../workloads/stage/metrics";
import { Stage } from "../../workloads/stage/stage";

const generously = { within: 300, every: 0.05 };

/** Takes connections and never says a word: who connects to Kafka there is on the way for seconds. */
async function listenInSilence() {
  const sockets: Socket[] = [];
  const server = net.createServer((socket) => sockets.push(socket));
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  const close = () => {
    server.close();
    for (const socket of sockets) socket.destroy();
  };
  return { address: `127.0.0.1:${(server.address() as AddressInfo).port}`, close };
}

describe("what a stage tells of its lane groups", () => {
  it("is one state of each, also where one that was handed over has yet to end when it is assigned again", async () => {
    const silent = await listenInSilence();
    const config: StageConfig = {
      pipeline: "test",
      stage: "told",
      process: "device",
      place: "edge",
      generation: 1,
      laneGroups: 1,
      to: {
        cluster: "cloud",
        clusterId: "none",
        topic: "told-out",
        partitions: 1,
        bootstrapServers: [silent.address],
        maxMessageBytes: 1 << 20,
      },
      checkpointTopic: "checkpoints",
      deadLetterTopic: "dead-letters",
      options: {},
    };
    const log = createLog(config);
    log.level = "silent";
    const metrics = new StageMetrics(() => stage.owners);
    const module = { open: async function* () {} };
    const stage: Stage = new Stage({ config, module, options: {}, log, metrics, onLost: assert.fail });
    const assign = (groups: number[]) => stage["assign"](groups);
    const states = async () => {
      const { values } = await metrics.registry.getSingleMetric("iotef_stage_lane_group_state")!.get();
      return values.filter(({ value }) => value === 1).map(({ labels }) => `${labels["group"]} ${labels["state"]}`);
    };
    try {
      assign([0]);
      assert.deepEqual(await states(), ["0 connecting"], "from the start");
      const [first] = stage.owners;
      assign([]);
      assert.deepEqual(await states(), ["0 connecting"], "until it has ended");
      assign([0]);
      silent.close();
      await until("the first owner has ended", async () => assert.equal(first!.lifecycle.state, "stopped"), generously);
      const [state, ...more] = await states();
      assert.match(state!, /^0 (connecting|rebuilding)$/);
      assert.deepEqual(more, []);
      assign([]);
      await until(
        "nothing is told of a group that is gone",
        async () => assert.deepEqual(await states(), []),
        generously,
      );
    } finally {
      silent.close();
      await stage.stop();
    }
  });
});
