import assert from "node:assert/strict";
import path from "node:path";
import { errorOfCode, kindOf, loginError } from "../../workloads/stage/kafka/failure";
import { Cluster, createErrorFromCode, createLogger } from "../../workloads/stage/kafka/internals";
import { produceRequest } from "../../workloads/stage/kafka/produce";

/** The stage's own kafkajs, not the root's. */
const kafkajs = path.join(__dirname, "..", "..", "workloads", "node_modules", "kafkajs");
const fromKafkajs = (file: string) => require(path.join(kafkajs, file));

/** What workloads/stage/kafka uses of kafkajs beyond its public interface: a new version must be looked at before it is taken. */
describe("kafkajs' internals", () => {
  const options = {
    logger: createLogger({ level: 0, logCreator: () => () => undefined }),
    socketFactory: () => assert.fail("no socket is opened before connect()"),
    brokers: ["127.0.0.1:1"],
    clientId: "test",
    connectionTimeout: 1,
    authenticationTimeout: 1,
    requestTimeout: 1000,
    enforceRequestTimeout: true,
    metadataMaxAge: 1,
    retry: { initialRetryTime: 1, maxRetryTime: 1, retries: 0 },
    allowAutoTopicCreation: false,
    maxInFlightRequests: null,
    isolationLevel: 1,
  };

  it("are those of the version that was examined", () => {
    assert.equal(fromKafkajs("package.json").version, "2.2.4");
  });

  it("have the cluster's methods that the connection calls", () => {
    const cluster = new Cluster(options);
    for (const name of [
      "connect",
      "disconnect",
      "addMultipleTargetTopics",
      "refreshMetadata",
      "findTopicPartitionMetadata",
      "findBroker",
    ] as const) {
      assert.equal(typeof cluster[name], "function", name);
    }
    assert.equal(typeof cluster.brokerPool.findConnectedBroker, "function");
  });

  it("have the connections that are mended: made in one place, with limits that are read anew", async () => {
    const { connectionPoolBuilder, brokerPool } = new Cluster(options);
    assert.equal(
      (brokerPool as unknown as { connectionPoolBuilder: object }).connectionPoolBuilder,
      connectionPoolBuilder,
    );
    const { pool } = await connectionPoolBuilder.build();
    assert.equal(pool.length, 2);
    for (const connection of pool) {
      assert.deepEqual([connection.host, connection.port], ["127.0.0.1", 1]);
      assert.deepEqual([connection.connectionTimeout, connection.requestQueue.requestTimeout], [1, 1000]);
      for (const name of ["connect", "send"] as const) assert.equal(typeof connection[name], "function", name);
    }
  });

  it("have the broker's requests that the writer, the reader and the group's member send", () => {
    const broker = fromKafkajs("src/broker/index.js").prototype;
    for (const name of [
      "findGroupCoordinator",
      "initProducerId",
      "addPartitionsToTxn",
      "listOffsets",
      "joinGroup",
      "syncGroup",
      "heartbeat",
      "leaveGroup",
    ])
      assert.equal(typeof broker[name], "function", name);
    assert.equal(typeof fromKafkajs("src/network/connectionPool.js").prototype.send, "function");
  });

  it("show which requests of a broker's connections are not answered", () => {
    const Connection = fromKafkajs("src/network/connection.js");
    const logger = { namespace: () => logger, debug: () => undefined };
    const { requestQueue } = new Connection({ host: "127.0.0.1", port: 1, logger, socketFactory: () => undefined });
    assert.ok(requestQueue.inflight instanceof Map);
    const entry = { apiKey: 1, correlationId: 7 };
    requestQueue.push({ entry, expectResponse: true, sendRequest: () => undefined });
    const [request] = requestQueue.inflight.values();
    assert.equal(request.entry, entry);
    assert.ok(request.sentAt <= Date.now());
  });

  it("name the errors that decide about retries and fences", () => {
    const names = {
      3: "UNKNOWN_TOPIC_OR_PARTITION",
      5: "LEADER_NOT_AVAILABLE",
      6: "NOT_LEADER_FOR_PARTITION",
      14: "GROUP_LOAD_IN_PROGRESS",
      15: "GROUP_COORDINATOR_NOT_AVAILABLE",
      16: "NOT_COORDINATOR_FOR_GROUP",
      19: "NOT_ENOUGH_REPLICAS",
      47: "INVALID_PRODUCER_EPOCH",
      51: "CONCURRENT_TRANSACTIONS",
    };
    for (const [code, name] of Object.entries(names)) assert.equal(createErrorFromCode(Number(code)).type, name);
  });

  it("do not know newer errors, such as that a producer is fenced: we do", () => {
    for (const code of [90, 100, 103]) assert.equal(createErrorFromCode(code).type, "KAFKAJS_UNKNOWN_ERROR_CODE");
    for (const code of [47, 90]) assert.ok(kindOf(errorOfCode(code)).fenced, String(code));
    assert.ok(!kindOf(errorOfCode(51)).fenced);
  });

  it("do not tell a login whose connection broke from a refused one: we take both for passing", async () => {
    const { SCRAM, DIGESTS } = fromKafkajs("src/broker/saslAuthenticator/scram.js");
    const logger = { debug: () => undefined, error: () => undefined };
    const sasl = { username: "stage", password: "secret" };
    const reset = () => Promise.reject(Object.assign(new Error("read ECONNRESET"), { code: "ECONNRESET" }));
    const login = new SCRAM(sasl, "127.0.0.1", 1, logger, reset, DIGESTS.SHA512).authenticate();
    await assert.rejects(login, (error) => {
      const { cause, code } = error as NodeJS.ErrnoException;
      assert.deepEqual([cause, code], [undefined, undefined]);
      const { type, network } = kindOf(error);
      assert.deepEqual([type, network], [loginError, true]);
      return true;
    });
  });

  it("put a request's own bytes after the header", async () => {
    const body = Buffer.from("body");
    const request = {
      apiKey: 3,
      apiVersion: 12,
      apiName: "Metadata",
      encode: async () => ({ buf: body, buffer: body, size: () => 4 }),
    };
    const { buffer } = await fromKafkajs("src/protocol/request.js")({ correlationId: 7, clientId: "me", request });
    assert.equal(buffer.toString("hex"), `00000010${"0003"}${"000c"}00000007${"00026d65"}${body.toString("hex")}`);
  });

  it("write a produce request of the same bytes as ours", async () => {
    const records = [
      {
        key: Buffer.from("k"),
        value: Buffer.from("value"),
        timestamp: 1_700_000_000_000,
        headers: [["h", Buffer.from("x")]] as [string, Buffer][],
      },
      { key: null, value: null, timestamp: 1_700_000_000_010, headers: [] },
    ];
    const theirs = fromKafkajs("src/protocol/requests/produce/v7/request.js")({
      acks: -1,
      timeout: 5000,
      transactionalId: "t.0",
      producerId: "4711",
      producerEpoch: 3,
      compression: 0,
      topicData: [
        {
          topic: "out",
          partitions: [
            {
              partition: 2,
              firstSequence: 0,
              messages: records.map(({ headers, ...rest }) => ({ ...rest, headers: Object.fromEntries(headers) })),
            },
          ],
        },
      ],
    });
    const expected = Buffer.from((await theirs.encode()).buffer);
    const { buffer } = await produceRequest("t.0", { producerId: 4711n, producerEpoch: 3 }, [
      { topic: "out", partition: 2, records },
    ]).request.encode();
    // The one difference is the leader epoch, which producers leave open: -1 here as in Kafka's own client, 0 in kafkajs.
    const epochAt = expected.length - (expected.length - buffer.lastIndexOf(Buffer.from("ffffffff02", "hex")));
    expected.writeInt32BE(-1, epochAt);
    assert.equal(buffer.toString("hex"), expected.toString("hex"));
  });
});
