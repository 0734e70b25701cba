import { strict as assert } from "node:assert";
import { spawnSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Kafka, logLevel } from "kafkajs";
import type { KafkaState, Right } from "../../core/contract/kafkaState";
import { reconcileRefused } from "../../core/contract/reconcileJob";
import { until } from "../../core/wait";
import { connectAsOperator } from "../../workloads/reconcile/connect";
import { observeElections } from "../../workloads/reconcile/observeElections";
import type { LoadedJob } from "../../workloads/reconcile/readJob";
import type { Refused } from "../../workloads/reconcile/refused";
import { reconcile } from "../../workloads/reconcile/reconcile";
import { startSecureBrokers, type SecureBrokers } from "../support/secureBrokers";

const passwords: Record<string, string> = { "iotef.camera": "camera-secret", "iotef.compress": "compress-secret" };
const right = (
  resource: Right["resource"],
  name: string,
  pattern: Right["pattern"],
  ...operations: Right["operations"]
) => ({
  resource,
  name,
  pattern,
  operations,
});
const topic = (name: string, partitions: number, config: Record<string, string> = {}) => ({
  name,
  partitions,
  replicationFactor: 3,
  config: { "min.insync.replicas": "2", ...config },
});
const cameraRights = [
  right("topic", "frames", "literal", "write", "describe"),
  right("transactional-id", "iotef.camera.", "prefixed", "write", "describe"),
];
const compressRights = [
  right("topic", "frames", "literal", "read", "describe"),
  right("group", "iotef.compress", "literal", "read", "describe"),
];
const wanted: KafkaState = {
  topics: [topic("frames", 3, { "retention.ms": "3600000" }), topic("archive", 1)],
  users: [
    { name: "iotef.camera", rights: cameraRights },
    { name: "iotef.compress", rights: compressRights },
  ],
};

describe("the reconcile Job, on brokers as the cluster runs them", function () {
  this.timeout(600_000);
  let brokers: SecureBrokers;
  let said: string[];

  before(async () => {
    brokers = await startSecureBrokers(3);
  });
  after(() => brokers?.stop());
  beforeEach(() => {
    said = [];
  });

  it("makes topics, users and rights, and a second run changes nothing", async () => {
    assert.ok((await run(wanted, passwords)) > 0);
    assert.deepEqual(said, [
      "created topic frames: 3 partitions, 3 replicas",
      "created topic archive: 1 partitions, 3 replicas",
      "created user iotef.camera",
      "allowed user iotef.camera: write on topic frames, describe on topic frames, " +
        "write on transactional-id iotef.camera.*, describe on transactional-id iotef.camera.*",
      "created user iotef.compress",
      "allowed user iotef.compress: read on topic frames, describe on topic frames, " +
        "read on group iotef.compress, describe on group iotef.compress",
    ]);
    assert.equal(await run(wanted, passwords), 0);
    const topics = await asAdmin(({ admin }) => admin.listTopics());
    assert.ok(topics.includes("__consumer_offsets") && topics.includes("__transaction_state"));
  });

  it("lets a user in with its password only, and only to what its rights name", async () => {
    await assert.rejects(send("iotef.camera", "another", "frames"), /[Aa]uthentication failed/);
    await send("iotef.camera", passwords["iotef.camera"]!, "frames");
    await assert.rejects(send("iotef.camera", passwords["iotef.camera"]!, "archive"), /[Nn]ot authorized/);
    await assert.rejects(send("iotef.compress", passwords["iotef.compress"]!, "frames"), /[Nn]ot authorized/);
  });

  it("holds a user to the prefix of its transactional ids", async () => {
    await commit("iotef.camera", "iotef.camera.source.0");
    // kafkajs says of a coordinator that it may not ask for that there is none.
    await assert.rejects(commit("iotef.camera", "iotef.compress.source.0"), /coordinator|[Aa]uthoriz/);
  });

  it("grows and configures topics and takes away rights that nobody wants", async () => {
    await asAdmin(({ admin }) =>
      admin.createAcls({
        acl: [
          {
            resourceType: 2,
            resourceName: "archive",
            resourcePatternType: 3,
            principal: "User:iotef.camera",
            host: "*",
            operation: 4,
            permissionType: 3,
          },
        ],
      }),
    );
    const changed = { ...wanted, topics: [topic("frames", 5, { "retention.bytes": "1000000" }), topic("archive", 1)] };
    await run(changed, passwords);
    assert.deepEqual(said, [
      "grew topic frames from 3 to 5 partitions",
      "configured topic frames: retention.bytes=1000000, retention.ms back to default",
      "took from user iotef.camera: write on topic archive",
    ]);
    assert.equal(await run(changed, passwords), 0);
  });

  it("refuses to shrink a topic or to delete records, and then changes nothing", async () => {
    const without = { topics: [topic("archive", 1), topic("extra", 1)], users: [] };
    await assert.rejects(run(without, {}), (error: Refused) => {
      assert.deepEqual(error.reasons, [
        "topic frames is not wanted any more but still holds 3 records: let them be read or expire, " +
          "or set iotef:deleteDataOfRemovedStreams to true to delete them",
      ]);
      return true;
    });
    await assert.rejects(run({ ...wanted, topics: [topic("frames", 2)] }, passwords), /cannot take partitions away/);
    assert.ok(!(await asAdmin(({ admin }) => admin.listTopics())).includes("extra"));
    await send("iotef.camera", passwords["iotef.camera"]!, "frames");
  });

  it("changes a password, works by password too, and prints none", async () => {
    await run({ ...wanted, topics: [topic("frames", 5)], users: wanted.users }, passwords);
    const renewed = { ...passwords, "iotef.camera": "renewed-secret" };
    const state = { ...wanted, topics: [topic("frames", 5)] };
    await run(state, renewed);
    assert.ok(said.includes("changed the password of user iotef.camera"));
    await assert.rejects(send("iotef.camera", passwords["iotef.camera"]!, "frames"), /[Aa]uthentication failed/);
    await send("iotef.camera", "renewed-secret", "frames");

    const admin = { topics: [], users: [{ name: "admin", rights: [] }] };
    await run(admin, { admin: "admin-secret" }, { owner: "cluster" });
    const byPassword = { credentials: { kind: "password", username: "admin", password: "admin-secret" } } as const;
    assert.equal(await run(state, renewed, byPassword), 0);
    assert.ok(!said.join("\n").includes("secret"));
  });

  it("ends with its own exit code when it refuses, as a process with files", () => {
    const folder = mkdtempSync(join(tmpdir(), "iotef-reconcile-"));
    mkdirSync(join(folder, "users"));
    const { bootstrapServers, brokerServers, ca, operator } = brokers;
    const state = { topics: [], users: [] };
    writeFileSync(
      join(folder, "job.json"),
      JSON.stringify({ owner: "iotef", bootstrapServers, brokerServers, ca, state }),
    );
    writeFileSync(join(folder, "operator.pem"), operator, { mode: 0o600 });
    const main = join(__dirname, "..", "..", "workloads", "reconcile", "main.ts");
    const child = spawnSync(process.execPath, ["--import", "tsx", main, join(folder, "job.json"), folder], {
      encoding: "utf8",
    });
    rmSync(folder, { recursive: true });
    assert.equal(child.status, reconcileRefused, child.stderr);
    assert.match(child.stderr, /topic frames is not wanted any more but still holds/);
  });

  // B11 (facts/kafka.md 5), on topics that live: whoever has set it, and after the brokers' own settings.
  it("finds where a replica that lacks records could lead: readers stop for ever at a lost marker (KAFKA-20716)", async () => {
    const state = { ...wanted, topics: [topic("frames", 5)] };
    const secrets = { ...passwords, "iotef.camera": "renewed-secret" };
    assert.equal(await run(state, secrets), 0);
    for (const name of ["frames", "__transaction_state"]) await setUncleanElection({ topic: name });
    await run(state, secrets);
    assert.deepEqual(said, [
      "configured topic __transaction_state: unclean.leader.election.enable back to default",
      "configured topic frames: unclean.leader.election.enable back to default",
    ]);

    await setUncleanElection("brokers");
    await assert.rejects(run({ ...state, topics: [...state.topics, topic("extra", 1)] }, secrets), (error: Refused) => {
      assert.match(
        error.reasons.join("\n"),
        /unclean\.leader\.election\.enable is true in the brokers' own.*frames.*--delete-config/,
      );
      return true;
    });
    await setUncleanElection("brokers", false);
    assert.equal(await run(state, secrets), 0);
  });

  it("removes what its owner wants no longer, and nothing of others", async () => {
    await asAdmin(({ admin }) => admin.createTopics({ topics: [{ topic: "by-hand" }] }));
    await run({ topics: [], users: [], deleteDataOfRemovedTopics: true }, {});
    const topics = await asAdmin(({ admin }) => admin.listTopics());
    assert.ok(topics.includes("by-hand"));
    assert.ok(!topics.includes("frames") && !topics.includes("archive"));
    await assert.rejects(send("iotef.camera", "renewed-secret", "frames"), /[Aa]uthentication failed/);
    assert.equal(await run({ topics: [], users: [] }, {}), 0);
  });

  it("lets nobody without a certificate of its authority to the brokers' own listener", async () => {
    const kafka = new Kafka({
      clientId: "test",
      brokers: brokers.brokerServers,
      ssl: { ca: [brokers.ca] },
      logLevel: logLevel.NOTHING,
      retry: { retries: 0 },
    });
    const admin = kafka.admin();
    await until(
      "a refusal",
      async () => {
        await assert.rejects(async () => {
          await admin.connect();
          await admin.listTopics();
        });
      },
      { within: 300 },
    );
    await admin.disconnect();
  });

  async function run(
    state: KafkaState,
    secrets: Record<string, string>,
    more: Partial<LoadedJob> = {},
  ): Promise<number> {
    return reconcile({ ...jobOf(state, secrets), ...more }, (line) => {
      if (!line.startsWith("waiting: ")) said.push(line);
    });
  }

  function jobOf(state: KafkaState, secrets: Record<string, string>): LoadedJob {
    const { bootstrapServers, brokerServers, ca, operator } = brokers;
    return {
      owner: "iotef",
      bootstrapServers,
      brokerServers,
      ca,
      state,
      internalTopics: { brokers: 3 },
      credentials: { kind: "certificate", pem: operator },
      passwords: new Map(Object.entries(secrets)),
    };
  }

  function kafkaOf(username: string, password: string): Kafka {
    return new Kafka({
      clientId: "test",
      brokers: brokers.bootstrapServers,
      ssl: { ca: [brokers.ca] },
      sasl: { mechanism: "scram-sha-512", username, password },
      logLevel: logLevel.NOTHING,
      connectionTimeout: 10_000,
      retry: { retries: 8 },
    });
  }

  async function send(username: string, password: string, name: string): Promise<void> {
    const producer = kafkaOf(username, password).producer({ allowAutoTopicCreation: false });
    try {
      await producer.connect();
      await producer.send({ topic: name, messages: [{ partition: 0, value: "record" }] });
    } finally {
      await producer.disconnect();
    }
  }

  async function commit(username: string, transactionalId: string): Promise<void> {
    const producer = kafkaOf(username, passwords[username]!).producer({
      transactionalId,
      idempotent: true,
      maxInFlightRequests: 1,
      allowAutoTopicCreation: false,
    });
    try {
      await producer.connect();
      const transaction = await producer.transaction();
      await transaction.send({ topic: "frames", messages: [{ partition: 0, value: "record" }] });
      await transaction.commit();
    } finally {
      await producer.disconnect();
    }
  }

  /** Of one topic, or of all brokers. Leaves other settings alone, as kafkajs' admin does not. */
  async function setUncleanElection(where: { topic: string } | "brokers", on = true): Promise<void> {
    // As Kafka's protocol has them: topic 2, broker 4, of which "" is every one; set 0, delete 1.
    const [resourceType, resourceName] = where === "brokers" ? ([4, ""] as const) : ([2, where.topic] as const);
    const setting = {
      name: "unclean.leader.election.enable",
      value: "true",
      configOperation: on ? (0 as const) : (1 as const),
    };
    const operator = connectAsOperator(jobOf({ topics: [], users: [] }, {}));
    try {
      await operator.incrementalAlterConfigs({ resources: [{ resourceType, resourceName, configs: [setting] }] });
      await until(
        "a broker shows it",
        async () => {
          const topic = where === "brokers" ? "frames" : where.topic;
          const { onTopic, onBrokers } = await observeElections(operator, [topic]);
          assert.equal((where === "brokers" ? onBrokers : onTopic).includes(topic), on);
        },
        { within: 60, every: 0.2 },
      );
    } finally {
      await operator.close();
    }
  }

  async function asAdmin<T>(work: (clients: { admin: ReturnType<Kafka["admin"]> }) => Promise<T>): Promise<T> {
    const { brokerServers, ca, operator } = brokers;
    const ssl = { ca: [ca], cert: operator, key: operator };
    const kafka = new Kafka({
      clientId: "test",
      brokers: brokerServers,
      ssl,
      connectionTimeout: 10_000,
      logLevel: logLevel.NOTHING,
    });
    const admin = kafka.admin();
    try {
      await admin.connect();
      return await work({ admin });
    } finally {
      await admin.disconnect();
    }
  }
});
