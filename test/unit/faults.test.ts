import { strict as assert } from "node:assert";
import { keyed } from "../../lab/hosts/readUsage";
import { apiTimes } from "../../scripts/faultsCommand/apiTimes";
import { longestGap, longestGapOfALane, parseArrival, recordsIn } from "../../scripts/faultsCommand/arrivalTimes";
import { judgeCase, type CaseResult } from "../../scripts/faultsCommand/caseResult";
import { countReplicas, describeInSync } from "../../scripts/faultsCommand/readBrokers";
import { parseNodes } from "../../scripts/faultsCommand/readNodes";
import { renderTable5 } from "../../scripts/faultsCommand/renderTable5";
import { casesNamed, downInReference, hostsOfCase, table5 } from "../../scripts/faultsCommand/table5";
import { usageBetween } from "../../scripts/faultsCommand/usage";

const whole = { compared: 100, lost: 0, doubled: 0, outOfOrder: 0, stuck: 0, ok: true };

describe("the cases of Table 5", () => {
  const host = (role: "control-plane" | "worker") => ({ role, address: "10.0.0.1", labels: {}, generation: 1 });
  const hosts = {
    w2: host("worker"),
    m3: host("control-plane"),
    m1: host("control-plane"),
    w1: host("worker"),
    m2: host("control-plane"),
  };
  it("take hosts away by role and name, whatever their order in the file", () => {
    const down = table5.map((row) => hostsOfCase(row, { name: "edge", hosts }).join(" "));
    assert.deepEqual(down, ["", "m1", "m1 m2", "w2", "w1 w2", "m2 w2", "m1 m2 m3"]);
    assert.equal(downInReference(table5[5]!), "M-2, W-2");
  });
  it("name what is missing in a cluster of another shape", () => {
    const small = { m1: hosts.m1, w1: hosts.w1 };
    assert.throws(() => hostsOfCase(table5[4]!, { name: "tiny", hosts: small }), /worker 2 away, and tiny has 1/);
  });
  it("are chosen by number", () => {
    assert.deepEqual(
      casesNamed(["5", "2"]).map(({ number }) => number),
      [2, 5],
    );
    assert.equal(casesNamed([]).length, 7);
    assert.throws(() => casesNamed(["8"]), /--case 8: the table has the cases 1 to 7/);
  });
});

describe("what a reader of a stream sees", () => {
  const arrival = (at: number, partition = 0, records = 1) => ({ stream: "out", partition, at, records, bytes: 9 });
  const arrivals = [arrival(0), arrival(100, 1), arrival(200), arrival(900, 1, 3), { ...arrival(950), stream: "in" }];
  it("counts the records of a span, its end not included", () => {
    assert.equal(recordsIn(arrivals, "out", { from: 100, to: 900 }), 2);
    assert.equal(recordsIn(arrivals, "out", { from: 100, to: 901 }), 5);
  });
  it("takes a silence that began before the span whole, and one that is open up to the end of the span", () => {
    assert.equal(longestGap(arrivals, "out", { from: 500, to: 950 }), 700);
    assert.equal(longestGap(arrivals, "out", { from: 850, to: 5000 }), 4100);
  });
  it("tells lanes apart", () => {
    assert.equal(longestGap(arrivals, "out", { from: 0, to: 1000 }, [1]), 800);
    assert.equal(longestGapOfALane(arrivals, "out", { from: 50, to: 1000 }), 800);
  });
  it("reads the reader's lines, and refuses others", () => {
    assert.deepEqual(parseArrival("out 1 1700000000000 3 270"), {
      stream: "out",
      partition: 1,
      at: 1700000000000,
      records: 3,
      bytes: 270,
    });
    assert.throws(() => parseArrival("out of memory"), /"out of memory", which is no arrival/);
  });
});

describe("what somebody who asks the API sees", () => {
  const answers = [
    { asked: 0, answered: 10, ok: true },
    { asked: 500, answered: 3500, ok: false },
    { asked: 3600, answered: 3620, ok: true },
  ];
  it("counts from the fault to the first good answer to a later question", () => {
    assert.deepEqual(apiTimes(answers, 400, 4000), { firstAnswerMs: 3220, longestSilenceMs: 3220, answersAtEnd: true });
  });
  it("says where none came", () => {
    assert.deepEqual(apiTimes(answers, 400, 3550), { longestSilenceMs: 3150, answersAtEnd: false });
  });
  it("takes an API for silent after 15 s without an answer, not after one that is missing", () => {
    const open = [...answers, { asked: 4000, answered: 7000, ok: false }];
    assert.equal(apiTimes(open, 400, 7100).answersAtEnd, true);
    assert.equal(apiTimes(open, 400, 18_620).answersAtEnd, true);
    assert.equal(apiTimes(open, 400, 18_621).answersAtEnd, false);
  });
});

describe("what nodes and brokers say", () => {
  it("sorts nodes by their Ready condition; one without a word is not Ready", () => {
    const node = (name: string, status?: string) => ({
      metadata: { name },
      status: status === undefined ? {} : { conditions: [{ type: "Ready", status }] },
    });
    const text = JSON.stringify({ items: [node("b", "True"), node("a", "Unknown"), node("c")] });
    assert.deepEqual(parseNodes(text), { ready: ["b"], notReady: ["a", "c"] });
  });
  it("counts partitions by their replicas in sync", () => {
    const partition = (leader: number, isr: number) => ({
      leader,
      isr: Array.from({ length: isr }, (_, id) => id),
      replicas: [0, 1, 2, 3, 4],
    });
    const state = countReplicas(4, [partition(0, 4), partition(1, 4), partition(-1, 0)]);
    assert.deepEqual(state, { alive: 4, partitions: 3, leaderless: 1, inSync: { 0: 1, 4: 2 }, behind: 3 });
    assert.equal(describeInSync(state, 5), "0/5: 1, 4/5: 2, 1 without a leader");
    assert.equal(describeInSync(countReplicas(5, [partition(0, 5)]), 5), "5/5");
  });
});

describe("what a cluster uses", () => {
  it("adds CPU and memory of its hosts; one that was switched on meanwhile counts from zero", () => {
    const before = {
      at: 0,
      hosts: new Map([
        ["a", { cpuSeconds: 100, memoryMiB: 1 }],
        ["b", { cpuSeconds: 50, memoryMiB: 1 }],
      ]),
    };
    const after = {
      at: 10_000,
      hosts: new Map([
        ["a", { cpuSeconds: 105, memoryMiB: 300 }],
        ["b", { cpuSeconds: 3, memoryMiB: 200 }],
      ]),
    };
    assert.deepEqual(usageBetween(before, after, ["a", "b", "off"]), { cores: 0.8, memoryMiB: 500, hosts: 2 });
  });
  it("finds a key of a cgroup's file, whole", () => {
    assert.equal(keyed("inactive_file 5\ntotal_inactive_file 7\n", "total_inactive_file"), 7);
    assert.equal(keyed("file 5\n", "inactive_file"), 0);
  });
});

describe("the verdict on a case", () => {
  const api = { firstAnswerMs: 20, longestSilenceMs: 900, answersAtEnd: true };
  const silent = { longestSilenceMs: 60_000, answersAtEnd: false };
  const down = ["edge-m1", "edge-m2"];
  const seen = {
    down,
    noticedMs: 9000,
    nodes: { ready: ["edge-m3"], notReady: ["edge-m2", "edge-m1"] },
    api,
    recordsOutInHold: 10,
    losses: whole,
  };
  const both = { expected: { api: true, records: true } };
  it("is content with what is expected, and without an API where etcd has no majority", () => {
    assert.deepEqual(judgeCase(both, seen), []);
    assert.deepEqual(
      judgeCase({ expected: { api: false, records: true } }, { ...seen, nodes: undefined, api: silent }),
      [],
    );
    assert.deepEqual(
      judgeCase(both, { ...seen, down: [], noticedMs: undefined, nodes: { ready: [], notReady: [] } }),
      [],
    );
  });
  it("names an API that fell silent, records that stopped, and each kind of loss", () => {
    const losses = { ...whole, lost: 1, doubled: 2, ok: false };
    assert.deepEqual(judgeCase(both, { ...seen, api: silent, recordsOutInHold: 0, losses }), [
      "the API did not answer although etcd had a majority",
      "no record came out although three brokers were left",
      "1 records lost",
      "2 records doubled",
    ]);
  });
  it("names a fault that nobody noticed, other nodes than those that are down, and records without a majority", () => {
    const nodes = { ready: ["edge-m2"], notReady: ["edge-m1"] };
    assert.deepEqual(judgeCase(both, { ...seen, noticedMs: undefined, nodes }), [
      "the cluster never noticed the fault",
      "not Ready at the end of the hold: edge-m1",
    ]);
    assert.deepEqual(judgeCase({ expected: { api: true, records: false } }, seen), [
      "10 records came out although two brokers of five were left",
    ]);
  });
  it("does not pass over nodes that could not be read", () => {
    assert.deepEqual(judgeCase(both, { ...seen, nodes: undefined }), [
      "the nodes could not be read at the end of the hold",
    ]);
  });
  it("does not pass over records astray", () => {
    assert.match(judgeCase(both, { ...seen, losses: { ...whole, ok: false } })[0]!, /astray/);
  });
  it("is shown next to what the reference saw", () => {
    const usage = { cores: 0.5, memoryMiB: 2048, hosts: 5 };
    const result: CaseResult = {
      cluster: "edge",
      number: 3,
      down: ["edge-m1", "edge-m2"],
      noticedMs: 12_000,
      api: silent,
      brokers: { alive: 3, partitions: 40, leaderless: 0, inSync: { 3: 40 }, behind: 40 },
      recordsIn: 500,
      recordsOut: 480,
      recordsOutInHold: 300,
      longestGapMs: 1500,
      longestLaneGapMs: 6100,
      wholeMs: 30_000,
      losses: whole,
      usage: { before: usage, during: { ...usage, cores: 0.25 }, after: usage },
    };
    assert.equal(
      renderTable5([result]),
      `edge, case 3: M-1, M-2 down (edge-m1, edge-m2)
  reference    data is still processed; no new API requests
  nodes        no API answers
  noticed      after 12.0 s
  API          no answer
  brokers      3 alive; in sync 3/5
  records      500 in, 480 out before healing
  longest gap  1.5 s of the output, 6.1 s of one lane
  whole again  30.0 s after healing
  audit        0 lost, 0 doubled, 0 out of order of 100
  load         before 0.50 cores, 2.00 GiB on 5 hosts; during 0.25 cores, 2.00 GiB on 5 hosts; after 0.50 cores, 2.00 GiB on 5 hosts
  verdict      as expected`,
    );
  });
});
