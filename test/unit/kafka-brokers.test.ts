import { strict as assert } from "node:assert";
import { kafkaUuid } from "../../components/kafka/kafkaUuid";
import { planBrokers } from "../../components/kafka/planBrokers";
import { renderServerProperties, replication } from "../../components/kafka/renderServerProperties";

const host = (name: string) => ({ name, address: "10.0.0.1" });

describe("planBrokers", () => {
  it("keeps the ids of known hosts and gives a new host the free one", () => {
    const brokers = planBrokers([host("a"), host("b"), host("d")], { b: 0, c: 1, d: 2 });
    assert.deepEqual(
      brokers.map(({ name, id }) => [name, id]),
      [
        ["b", 0],
        ["a", 1],
        ["d", 2],
      ],
    );
  });

  it("refuses one id for two hosts, and a gap", () => {
    assert.throws(() => planBrokers([host("a"), host("b")], { a: 0, b: 0 }), /both a and b/);
    assert.throws(() => planBrokers([host("a")], { a: 3 }), /without a gap/);
  });
});

describe("kafkaUuid", () => {
  it("is base64url without padding and never starts with a dash", () => {
    assert.equal(kafkaUuid(Buffer.alloc(16, 0xff).toString("base64")), "_____________________w");
    assert.ok(kafkaUuid(Buffer.alloc(16, 0xfb).toString("base64")).startsWith("A"));
  });
});

describe("renderServerProperties", () => {
  it("bears the loss of two brokers of five", () => {
    assert.deepEqual(replication(5), { factor: 5, minInSync: 3 });
    const text = renderServerProperties({
      brokers: planBrokers(["a", "b", "c", "d", "e"].map(host)),
      id: 0,
      settings: { retentionHours: 1, maxMessageMiB: 4, sessionMs: 1500 },
      paths: { data: "/d", keystore: "/k", truststore: "/t" },
    });
    for (const line of [
      "min.insync.replicas=3",
      "unclean.leader.election.enable=false",
      "message.max.bytes=4194304",
      "replica.fetch.max.bytes=4194304",
      "broker.session.timeout.ms=1500",
      "broker.heartbeat.interval.ms=300",
      "controller.quorum.fetch.timeout.ms=1500",
      "request.timeout.ms=2000",
      "initial.broker.registration.timeout.ms=1800000",
    ]) {
      assert.ok(text.includes(`\n${line}\n`), line);
    }
  });
});
