import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { kindOf } from "../../workloads/stage/kafka/failure";
import { LocalKafka } from "../support/localKafka";

/** A request's own limit: far above the test's. */
const requestTimeoutMs = 3_600_000;
const request = {
  replicaId: -1,
  isolationLevel: 0,
  topics: [{ topic: "t", partitions: [{ partition: 0, timestamp: -1 }] }],
};

describe("a request that a broker does not answer", function () {
  this.timeout(600_000);
  let kafka: LocalKafka;
  let connection: ClusterConnection;
  let wake: () => Promise<void>;

  before(async () => {
    kafka = await LocalKafka.start({ name: "silent", brokers: 1, properties: { "socket.listen.backlog.size": "8" } });
    await kafka.createTopics([{ topic: "t", numPartitions: 1 }]);
  });

  beforeEach(async () => {
    const endpoint = { cluster: "silent", clusterId: kafka.clusterId, bootstrapServers: kafka.bootstrapServers };
    connection = await ClusterConnection.open(endpoint, ["t"], "test", () => undefined, requestTimeoutMs);
  });

  afterEach(async () => {
    await wake();
    await connection.close();
  });

  after(() => kafka.stop());

  /** It leads nothing for a moment after it has stood still. */
  async function leader() {
    const find = async () => {
      await connection.refresh();
      return connection.leaderOf("t", 0);
    };
    return until("the broker leads", find, { within: 300 });
  }

  it("waits while the broker stands still and its host does not", async () => {
    const broker = await leader();
    await kafka.signalBroker(1, "SIGSTOP");
    wake = () => kafka.signalBroker(1, "SIGCONT");
    const answer = broker.listOffsets(request);
    let answered = false;
    void answer.then(() => (answered = true));
    await new Promise((resolve) => setTimeout(resolve, 6_000));
    assert.equal(answered, false);
    await wake();
    const { responses } = await answer;
    assert.equal(responses[0]!.partitions[0]!.offset, "0");
  });

  it("fails where the host takes no connections either", async () => {
    const broker = await leader();
    wake = await kafka.silenceBroker(1);
    await assert.rejects(broker.listOffsets(request), (error) => kindOf(error).network);
  });
});
