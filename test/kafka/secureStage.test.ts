import assert from "node:assert/strict";
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { Kafka, logLevel } from "kafkajs";
import type { TopicState, UserState } from "../../core/contract/kafkaState";
import type { StageConfig, StreamEndpoint } from "../../core/contract/stageConfig";
import { headers, parseCoordinates } from "../../core/contract/headers";
import { checkpointTopic, deadLetterTopic, stageUser } from "../../core/naming";
import { planRights } from "../../core/placement/planRights";
import { until } from "../../core/wait";
import { ClusterConnection } from "../../workloads/stage/kafka/connection";
import { fetchRecords } from "../../workloads/stage/kafka/fetch";
import { reconcile } from "../../workloads/reconcile/reconcile";
import { startSecureBrokers, type SecureBrokers } from "../support/secureBrokers";
import { buildStage, StageProcess, whileStageRuns, type LogLine } from "../support/stageProcess";

const pipeline = "iotef";
const perLane = 400;
const partitions = 2;
const cluster = "edge";
const streamOf = (topic: string) => ({ stream: topic, cluster, topic, partitions });
/** A device and a stage that reads what it writes, as the federation plans them. */
const stages = [
  { stage: "ticker", to: streamOf("frames") },
  { stage: "copy", from: streamOf("frames"), to: streamOf("archive") },
].map((stage) => ({
  ...stage,
  checkpointTopic: checkpointTopic(pipeline, stage.stage),
  deadLetterTopic: deadLetterTopic(pipeline, stage.stage),
}));
const auditor = "auditor";

/** Brokers, users and rights as the stacks make them: TLS, SCRAM-SHA-512, and nothing allowed that a stage does not need. */
describe("stages on brokers as the cluster runs them", function () {
  this.timeout(600_000);
  const secrets = mkdtempSync(path.join(tmpdir(), "iotef-secrets-"));
  let brokers: SecureBrokers;

  before(async () => {
    buildStage();
    brokers = await startSecureBrokers(3);
    await reconcile(
      {
        owner: pipeline,
        bootstrapServers: brokers.bootstrapServers,
        brokerServers: brokers.brokerServers,
        ca: brokers.ca,
        internalTopics: { brokers: 3 },
        credentials: { kind: "certificate", pem: brokers.operator },
        passwords: new Map(
          [...stages.map(({ stage }) => stageUser(pipeline, stage)), auditor].map((user) => [user, `${user}-secret`]),
        ),
        state: {
          topics: [
            "frames",
            "archive",
            ...stages.flatMap((stage) => [stage.checkpointTopic, stage.deadLetterTopic]),
          ].map(topicOf),
          users: users(),
        },
      },
      () => undefined,
    );
  });

  after(async () => {
    await brokers?.stop();
    rmSync(secrets, { recursive: true, force: true });
  });

  it("log in, and move each record once with the rights they are given", async () => {
    const running = stages.map(({ stage }) => new StageProcess({ config: configOf(stage) }));
    try {
      await Promise.all(running.map((stage) => stage.untilRunning()));
      const seen = await readArchive(perLane * partitions);
      for (let lane = 0; lane < partitions; lane++) {
        assert.deepEqual(
          seen.filter((record) => record.lane === lane).map(({ value }) => value),
          Array.from({ length: perLane }, (_, n) => `${lane}:${n}`),
        );
      }
    } finally {
      const codes = await Promise.all(running.map((stage) => stage.end("SIGTERM")));
      assert.deepEqual(codes, [0, 0]);
    }
    assert.ok(!running.some(({ lines }) => JSON.stringify(lines).includes("-secret")), "no password in a log");
  });

  it("say that a login fails, and go on with the password that is right at last", async () => {
    const config = configOf("copy");
    const { passwordFile } = config.to.security!;
    const password = readFileSync(passwordFile);
    writeFileSync(passwordFile, "another");
    await whileStageRuns(config, async (stage) => {
      const said = ({ level, msg }: LogLine) =>
        level === "warn" && /^membership .*the login was refused/.test(msg ?? "");
      await stage.untilLine("says that it cannot log in", said, 0);
      writeFileSync(passwordFile, password);
      await stage.untilRunning(2);
    });
  });

  it("say that they may not join their group, not ready and not to be restarted", async () => {
    await whileStageRuns({ ...configOf("copy"), pipeline: "another" }, async (stage) => {
      await stage.untilLine("is refused", ({ msg }) => /^membership .*Not authorized/.test(msg ?? ""), 0);
      const since = Date.now();
      await until(
        "a refusal counts as an answer",
        async () => {
          const { status, text } = await stage.get("/healthz");
          assert.equal(status, 200);
          const silent = Number(/the group answered (\d+) s ago/.exec(text)![1]);
          const refusedFor = (Date.now() - since) / 1000;
          assert.ok(refusedFor > 5 && silent < refusedFor / 2, `refused for ${refusedFor} s, silent for ${silent} s`);
        },
        { within: 120, every: 0.2 },
      );
      assert.equal((await stage.get("/readyz")).status, 503);
    });
  });

  it("make one connection for requests that come at the same time", async () => {
    const connection = await ClusterConnection.open(configOf("copy").from!, ["frames"], "test", () => undefined);
    try {
      const broker = await connection.leaderOf("frames", 0);
      // Fetches have a connection of their own, made when the first of them is sent.
      const fetching = broker.connectionPool.pool[1]!;
      const sockets = new Set<unknown>();
      const { connect } = fetching;
      fetching.connect = () => {
        const connecting = connect.call(fetching);
        sockets.add(fetching.socket);
        return connecting;
      };
      const position = { partition: 0, offset: 0n, maxBytes: 1 };
      const fetch = () => fetchRecords(broker, { topic: "frames" }, [position], { maxWaitMs: 1, maxBytes: 1 });
      const answers = await Promise.all([fetch(), fetch(), fetch()]);
      for (const { error } of answers.flat()) assert.equal(error, undefined);
      assert.equal(sockets.size, 1);
    } finally {
      await connection.close();
    }
  });

  function topicOf(name: string): TopicState {
    const compact: Record<string, string> = name.includes("checkpoints") ? { "cleanup.policy": "compact" } : {};
    return { name, partitions, replicationFactor: 3, config: { "min.insync.replicas": "2", ...compact } };
  }

  function users(): UserState[] {
    const own = stages.map((stage) => ({
      name: stageUser(pipeline, stage.stage),
      rights: planRights(pipeline, stage, cluster),
    }));
    const rights = [
      { resource: "topic", name: "archive", pattern: "literal", operations: ["read"] },
      { resource: "group", name: auditor, pattern: "literal", operations: ["read"] },
    ] as const;
    return [
      ...own,
      { name: auditor, rights: rights.map((right) => ({ ...right, operations: [...right.operations] })) },
    ];
  }

  function configOf(name: string): StageConfig {
    const plan = stages.find(({ stage }) => stage === name)!;
    const file = (part: string, text: string) => {
      const where = path.join(secrets, `${name}-${part}`);
      writeFileSync(where, text, { mode: 0o600 });
      return where;
    };
    const user = stageUser(pipeline, name);
    const endpoint = (topic: string): StreamEndpoint => ({
      cluster,
      clusterId: brokers.clusterId,
      topic,
      partitions,
      bootstrapServers: brokers.bootstrapServers,
      security: {
        caFile: file("ca", brokers.ca),
        usernameFile: file("user", user),
        passwordFile: file("password", `${user}-secret\n`),
      },
      maxMessageBytes: 4 << 20,
    });
    return {
      pipeline,
      stage: name,
      process: name,
      place: cluster,
      generation: 1,
      laneGroups: 2,
      from: plan.from && endpoint(plan.from.topic),
      to: endpoint(plan.to.topic),
      checkpointTopic: plan.checkpointTopic,
      deadLetterTopic: plan.deadLetterTopic,
      options: name === "ticker" ? { count: perLane } : {},
    };
  }

  async function readArchive(count: number): Promise<{ lane: number; value: string }[]> {
    const kafka = new Kafka({
      brokers: brokers.bootstrapServers,
      ssl: { ca: [brokers.ca] },
      sasl: { mechanism: "scram-sha-512", username: auditor, password: `${auditor}-secret` },
      connectionTimeout: 10_000,
      logLevel: logLevel.NOTHING,
    });
    const consumer = kafka.consumer({ groupId: auditor, maxWaitTimeInMs: 200 });
    const seen: { lane: number; value: string }[] = [];
    await consumer.connect();
    try {
      await consumer.subscribe({ topics: ["archive"], fromBeginning: true });
      await consumer.run({
        eachMessage: async ({ partition, message }) => {
          const { topic, partition: lane } = parseCoordinates(String(message.headers![headers.coordinates]));
          assert.deepEqual([topic, lane], ["frames", partition]);
          seen.push({ lane, value: String(message.value) });
        },
      });
      await until(
        `${count} records in the archive`,
        async () => assert.ok(seen.length >= count, `${seen.length} so far`),
        { within: 180, every: 0.5 },
      );
    } finally {
      await consumer.disconnect();
    }
    return seen;
  }
});
