import assert from "node:assert/strict";
import { ConfigResourceTypes } from "kafkajs";
import { AtWork } from "../../workloads/stage/atWork";
import { BlockedLanes } from "../../workloads/stage/blocked";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { StreamReader } from "../../workloads/stage/kafka/streamReader";
import { clusters } from "../support/clusters";
import { withProducer } from "../support/feed";

const topic = "uneven";
const laneBytes = 2_200_000;
/** Of the lane that has more whenever it is asked. */
const busy = { lane: 0, records: 40, bytes: 250_000 };
/** Of the lane whose one batch is larger than what a lane is asked for. */
const large = { lane: 1, bytes: 3_000_000 };

describe("a stream's reader", function () {
  this.timeout(600_000);

  it("gets a batch that is larger than a lane's bytes beside a lane that always has more", async () => {
    const { edge } = await clusters();
    const replicas = [edge.brokerIds[0]!];
    const replicaAssignment = [busy, large].map(({ lane }) => ({ partition: lane, replicas }));
    await edge.createTopics([{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }]);
    await withProducer(edge.client(), async (send) => {
      await send(topic, [{ value: Buffer.alloc(large.bytes), partition: large.lane }]);
      // A fetch ends with a segment: so each brings less than the half of what a lane is asked for, and the next asks for more.
      const configEntries = [{ name: "segment.bytes", value: String(1 << 20) }];
      const resources = [{ type: ConfigResourceTypes.TOPIC, name: topic, configEntries }];
      await edge.withAdmin((admin) => admin.alterConfigs({ resources, validateOnly: false }));
      for (let n = 0; n < busy.records; n++)
        await send(topic, [{ value: Buffer.alloc(busy.bytes), partition: busy.lane }]);
    });

    const endpoint = { cluster: "edge", clusterId: edge.clusterId, bootstrapServers: edge.bootstrapServers };
    const connection = await ClusterConnection.open(endpoint, [topic], "test", () => undefined);
    const start = new Map([busy, large].map(({ lane }) => [lane, 0n]));
    const reader = new StreamReader(connection, { topic }, start, {
      working: new AtWork(),
      blocked: new BlockedLanes(),
      onSilence: () => undefined,
      laneBytes,
    });
    try {
      const came: number[] = [];
      const readAll = async (lane: number, records: number) => {
        for (let read = 0; read < records; came.push(lane)) read += (await reader.take(lane))!.records.length;
      };
      await Promise.all([readAll(busy.lane, busy.records), readAll(large.lane, 1)]);
      assert.ok(came.indexOf(large.lane) < came.length - 1, `lanes in the order of their chunks: ${came.join(" ")}`);
    } finally {
      reader.close();
      await connection.close();
    }
  });
});
