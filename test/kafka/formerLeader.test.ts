import assert from "node:assert/strict";
import { until } from "../../core/wait";
import { checkpointKey, checkpointPart, type Checkpoint } from "../../workloads/stage/checkpoint";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { partitionKey } from "../../workloads/stage/kafka/produce";
import { readLastCommitted } from "../../workloads/stage/kafka/tail";
import { TransactionWriter } from "../../workloads/stage/kafka/writer";
import { FormerLeader, recover, type Recovered } from "../../workloads/stage/recover";
import { LocalKafka } from "../support/localKafka";

const [topic, source, stage] = ["checkpoints", "edge/in", "former"];
const ids: [string, string] = ["former.0", "former.1"];
const transactionTimeoutMs = 60_000;

/**
 * A broker that was cut off from the others takes itself for the leader until it hears of the next one. Here it stands still while
 * they go on without it, and then wakes up while they stand still.
 */
describe("an owner that reads its checkpoint from a former leader", function () {
  this.timeout(900_000);
  let kafka: LocalKafka;
  const connections: ClusterConnection[] = [];

  before(async () => {
    kafka = await LocalKafka.start({ name: "former" });
    await kafka.createTopics([{ topic, numPartitions: 1 }]);
  });

  after(async () => {
    await Promise.all(connections.map((connection) => connection.close()));
    await kafka.stop();
  });

  it("does not go on from there, but from what was committed at the next leader", async () => {
    const before = await ownerAt(kafka.brokerIds);
    await commit(before.writer, 10n);
    const former = before.connection.leaderIdOf(topic, 0);
    const others = kafka.brokerIds.filter((id) => id !== former);
    const stale = before.connection;
    await stale.broker(former);
    // Its commit's marker is written after the answer.
    await readLastCommitted(stale, topic, 0, checkpointKey(stage, 0), transactionTimeoutMs);

    await sleep(former);
    await untilDone("the next leader has a later position", async () => commit((await ownerAt(others)).writer, 20n));
    const { writer } = await untilDone("the transactional ids are the new owner's", () => ownerAt(others));
    await Promise.all(others.map(sleep));
    await wake(former);
    let read: bigint | undefined;
    const recovering = recoverBy(stale, writer, async (found) => {
      read = found.positions.get(0);
      await Promise.all(others.map(wake));
    });
    await assert.rejects(recovering, FormerLeader);
    assert.equal(read, 10n, "the former leader was not asked");

    const positions = await untilDone("the next attempt reads anew", async () => {
      const next = await ownerAt(kafka.brokerIds);
      return (await recoverBy(next.connection, next.writer)).positions;
    });
    assert.deepEqual(positions, new Map([[0, 20n]]));
  });

  /** Connects by these brokers and fences who was there before. */
  async function ownerAt(brokers: readonly number[]) {
    const bootstrapServers = brokers.map((id) => kafka.bootstrapServers[id - 1]!);
    const endpoint = { cluster: "former", clusterId: kafka.clusterId, bootstrapServers };
    const connection = await ClusterConnection.open(endpoint, [topic], stage, () => {});
    connections.push(connection);
    const writer = new TransactionWriter(connection, ids, transactionTimeoutMs);
    await writer.fence();
    return { connection, writer };
  }

  function recoverBy(
    connection: ClusterConnection,
    writer: TransactionWriter,
    beforeClaim: (found: Recovered) => Promise<void> = async () => undefined,
  ): Promise<Recovered> {
    const args = {
      stage,
      checkpointTopic: topic,
      group: 0,
      laneGroups: 1,
      lanes: [0],
      source,
      topic: "frames",
      topicId: undefined,
      generation: 1,
      transactionTimeoutMs,
      transactionalIdsOf: () => ids,
    };
    return recover(connection, args, async (found) => {
      await beforeClaim(found);
      const claim = checkpoint(found.positions.get(0)!);
      const written = await writer.write([claim]);
      return { offset: written.offsets.get(partitionKey(claim))!, commit: () => writer.end(written) };
    });
  }

  const sleep = (id: number) => kafka.signalBroker(id, "SIGSTOP");
  const wake = (id: number) => kafka.signalBroker(id, "SIGCONT");
});

async function commit(writer: TransactionWriter, position: bigint): Promise<void> {
  await writer.end(await writer.write([checkpoint(position)]));
}

function checkpoint(position: bigint) {
  const value: Checkpoint = {
    positions: new Map([[source, new Map([[0, position]])]]),
    source,
    topicIds: new Map(),
    laneGroups: 1,
    generation: 1,
    claim: 1,
    place: "edge",
    transactionalIds: ids,
  };
  return checkpointPart(topic, stage, 0, value);
}

/** Tried again while leaders move. */
function untilDone<T>(what: string, act: () => Promise<T>): Promise<T> {
  return until(what, act, { within: 300, every: 0.5 });
}
