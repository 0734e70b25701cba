import assert from "node:assert/strict";
import { once } from "node:events";
import net from "node:net";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import type { PartitionRecords } from "../../workloads/stage/kafka/produce";
import { readLastCommitted } from "../../workloads/stage/kafka/tail";
import { TransactionWriter } from "../../workloads/stage/kafka/writer";
import { clusters } from "../support/clusters";
import { Pipeline } from "../support/pipeline";

/** Kafka's key of EndTxn. */
const endTxn = 26;
const key = "k";

/**
 * A connection breaks while a commit is on its way, the commit is sent again and answered, and then the first one arrives,
 * from a broker's or the network's queue: in the midst of the next transaction of the same id (KIP-890).
 */
describe("a commit that arrives late", function () {
  this.timeout(600_000);
  let connection: ClusterConnection | undefined;
  const write = net.Socket.prototype.write;

  afterEach(async () => {
    net.Socket.prototype.write = write;
    await connection?.close();
  });

  it("does not end the transaction after the one that it was for", async () => {
    const { cloud, edge } = await clusters();
    const { config } = await Pipeline.create({
      name: "late-commit",
      process: "copy",
      source: edge,
      destination: cloud,
      partitions: 2,
      laneGroups: 1,
    });
    const { topic } = config.to;
    const open = await ClusterConnection.open(config.to, [topic], "late", () => undefined);
    connection = open;
    const writer = new TransactionWriter(open, ["late-commit.0", "late-commit.1"], 60_000);
    await writer.fence();
    const [first] = await commitsDuring(async () => writer.end(await writer.write([record(topic, 0, "one")])));
    await writer.end(await writer.write([record(topic, 0, "two")]));

    const third = await writer.write([record(topic, 0, "three")]);
    await sendAgain(first!);
    const visible = async () => (await readLastCommitted(open, topic, 0, key, 0)).record?.value?.toString("utf8");
    assert.equal(await visible(), "two", "half of a transaction is there for everybody to see");
    await writer.end(third);
    assert.equal((await readLastCommitted(open, topic, 0, key, 20_000)).record?.value?.toString("utf8"), "three");
  });

  /** Requests for an end of a transaction that go to brokers while `action` runs. */
  async function commitsDuring(action: () => Promise<void>): Promise<{ port: number; bytes: Buffer }[]> {
    const seen: { port: number; bytes: Buffer }[] = [];
    net.Socket.prototype.write = function (this: net.Socket, bytes: unknown, ...rest: unknown[]) {
      if (Buffer.isBuffer(bytes) && bytes.length > 6 && bytes.readInt16BE(4) === endTxn)
        seen.push({ port: this.remotePort!, bytes: Buffer.from(bytes) });
      return Reflect.apply(write, this, [bytes, ...rest]) as boolean;
    } as typeof write;
    await action();
    net.Socket.prototype.write = write;
    return seen;
  }
});

function record(topic: string, partition: number, value: string): PartitionRecords {
  const one = { key: Buffer.from(key), value: Buffer.from(value), timestamp: Date.now(), headers: [] };
  return { topic, partition, records: [one] };
}

/** Sends a request as it was, on a connection of its own, and waits for the answer. */
async function sendAgain({ port, bytes }: { port: number; bytes: Buffer }): Promise<void> {
  const socket = net.connect(port, "127.0.0.1");
  await once(socket, "connect");
  socket.write(bytes);
  await once(socket, "data");
  socket.destroy();
}
