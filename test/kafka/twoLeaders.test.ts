import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { StreamReader } from "../../workloads/stage/kafka/streamReader";
import { withProducer } from "../support/feed";
import { LocalKafka } from "../support/localKafka";

const topic = "t";
const frozen = 1;
/** Far above the test's: the request to the frozen broker is under way until that one answers. */
const requestTimeoutMs = 3_600_000;
/** Less than one record, so that the reader asks for the next one only when the last has been taken. */
const laneBytes = 64;

describe("a lane whose leader changes while it is asked", function () {
  this.timeout(240_000);
  let kafka: LocalKafka;
  let connection: ClusterConnection;
  let reader: StreamReader;

  before(async () => {
    kafka = await LocalKafka.start({ name: "leaders", properties: { "broker.session.timeout.ms": "3000" } });
    const replicaAssignment = [
      { partition: 0, replicas: [frozen, 2, 3] },
      { partition: 1, replicas: [2, 3, frozen] },
    ];
    await kafka.createTopics([{ topic, numPartitions: -1, replicationFactor: -1, replicaAssignment }]);
    const endpoint = { cluster: "leaders", bootstrapServers: kafka.bootstrapServers };
    connection = await ClusterConnection.open(endpoint, [topic], "test", () => undefined, requestTimeoutMs);
  });

  after(async () => {
    reader.close();
    await connection.close();
    await kafka.stop();
  });

  const put = (partition: number, value: string) =>
    withProducer(kafka.client(), (send) => send(topic, [{ partition, value: value.padEnd(2 * laneBytes) }]));
  const take = async (lane: number) => {
    const chunk = await reader.take(lane);
    return chunk!.records.map(({ value }) => value!.toString().trim());
  };

  it("is read once where the former leader answers beside the next", async () => {
    await put(0, "one");
    await put(0, "two");
    const start = new Map([
      [0, 0n],
      [1, 0n],
    ]);
    reader = new StreamReader(connection, topic, start, { laneBytes });
    await until("the reader knows of both records", async () => assert.equal(reader.highWatermark(0), 2n), {
      within: 60,
      every: 0.1,
    });
    await kafka.signalBroker(frozen, "SIGSTOP");
    assert.deepEqual(await take(0), ["one"]); // and asks the frozen broker for the second
    await until(
      "the lane has another leader",
      async () => {
        await connection.refresh();
        assert.notEqual(connection.leaderIdOf(topic, 0), frozen);
      },
      { within: 60, every: 0.2 },
    );
    await put(1, "wakes the reader");
    assert.deepEqual(await take(1), ["wakes the reader"]);
    assert.deepEqual(await take(0), ["two"]); // from the next leader
    await kafka.signalBroker(frozen, "SIGCONT");
    await kafka.untilHealthy();
    await put(0, "three");
    assert.deepEqual(await take(0), ["three"]);
  });
});
