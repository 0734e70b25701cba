import { strict as assert } from "node:assert";
import fc from "fast-check";
import { checkBrokerIds, hostToRecord } from "../../components/kafka/checkBrokerIds";
import { planBrokers, type Broker } from "../../components/kafka/planBrokers";
import { renderServerProperties } from "../../components/kafka/renderServerProperties";
import { restartReason } from "../../components/kafka/restartReason";
import { planDrain } from "../../workloads/reconcile/planDrain";
import { planVoters } from "../../workloads/reconcile/planVoters";

const place = (topic: string, replicas: number[], inSync = replicas) => ({ topic, partition: 0, replicas, inSync });

describe("planDrain", () => {
  it("moves each copy to the emptiest broker that has none, and keeps the others and their order", () => {
    const { moves, refusals } = planDrain(
      { from: [3], to: [0, 1, 2, 4] },
      [0, 1, 2, 3, 4],
      [place("a", [3, 0, 1]), place("b", [0, 1, 2]), place("c", [0, 1, 3])],
    );
    assert.deepEqual(refusals, []);
    assert.deepEqual(moves, [
      { topic: "a", partition: 0, replicas: [4, 0, 1] },
      { topic: "c", partition: 0, replicas: [0, 1, 2] },
    ]);
  });

  it("drains a broker that is dead", () => {
    const { moves } = planDrain({ from: [3], to: [0, 1, 2] }, [0, 1, 2], [place("a", [3, 0], [0])]);
    assert.deepEqual(moves, [{ topic: "a", partition: 0, replicas: [1, 0] }]);
  });

  it("refuses where the copies would not fit, once for each topic", () => {
    const all = [0, 1, 2, 3, 4];
    const { moves, refusals } = planDrain({ from: [4], to: [0, 1, 2, 3] }, all, [place("a", all), place("a", all)]);
    assert.deepEqual(moves, []);
    assert.deepEqual(refusals, [
      "topic a has 5 copies and only 4 brokers would stay: keep the host, add another one first, or replace it under its own name (raise its generation)",
    ]);
  });

  it("refuses while another broker is away, and where the last copy in sync would go", () => {
    const [away] = planDrain({ from: [3], to: [0, 1, 2] }, [0, 1, 3], []).refusals;
    assert.match(away!, /^broker 2 is not there: bring its host back/);
    const [last] = planDrain({ from: [3], to: [0, 1, 2] }, [0, 1, 2], [place("a", [3, 0], [3])]).refusals;
    assert.match(last!, /^topic a, partition 0: the only copies in sync are on brokers that are to go/);
  });

  it("never changes the number of copies, never doubles one, and leaves nothing behind", () => {
    const brokers = fc.integer({ min: 2, max: 8 });
    const racks = brokers.chain((count) => {
      const ids = Array.from({ length: count }, (_, id) => id);
      const partitions = fc.array(
        fc.shuffledSubarray(ids, { minLength: 1 }).map((replicas) => place("t", replicas)),
        { maxLength: 20 },
      );
      return fc.record({ ids: fc.constant(ids), from: fc.subarray(ids, { minLength: 1 }), partitions });
    });
    fc.assert(
      fc.property(racks, ({ ids, from, partitions }) => {
        const to = ids.filter((id) => !from.includes(id));
        const { moves, refusals } = planDrain({ from, to }, ids, partitions);
        const leaving = partitions.filter(({ replicas }) => replicas.some((id) => from.includes(id)));
        if (refusals.length > 0) return assert.deepEqual(moves, []);
        assert.equal(moves.length, leaving.length);
        moves.forEach(({ replicas }, at) => {
          assert.equal(new Set(replicas).size, leaving[at]!.replicas.length);
          assert.ok(replicas.every((id) => to.includes(id)));
        });
      }),
    );
  });
});

describe("planVoters", () => {
  const wanted = [0, 1].map((id) => ({ id, voter: true }));
  const member = (id: number, directoryId: string, lastFetch: number) => ({
    id,
    directoryId,
    lastFetch: BigInt(lastFetch),
  });

  it("waits while a new disk follows and the old one has the vote", () => {
    const seen = { voters: [member(0, "a", 90), member(1, "old", 10)], observers: [member(1, "new", 89)] };
    assert.deepEqual(planVoters(wanted, seen), { gone: [], waiting: [1] });
  });

  it("is content when the new disk votes, although the old one is still remembered", () => {
    const seen = { voters: [member(0, "a", 90), member(1, "new", 89)], observers: [member(1, "old", 10)] };
    assert.deepEqual(planVoters(wanted, seen), { gone: [], waiting: [] });
  });

  it("takes the vote of hosts that are gone, and asks none of brokers that only hold records", () => {
    const seen = {
      voters: [member(0, "a", 90), member(1, "b", 89), member(2, "c", 10)],
      observers: [member(5, "f", 89)],
    };
    assert.deepEqual(planVoters([...wanted, { id: 5, voter: false }], seen), {
      gone: [member(2, "c", 10)],
      waiting: [],
    });
  });
});

describe("checkBrokerIds", () => {
  const plan = (names: string[], ids: Record<string, number> = {}) =>
    planBrokers(
      names.map((name) => ({ name, address: "10.0.0.1" })),
      ids,
    );

  const check = (brokers: Broker[], ids: Record<string, string>, hosts: Record<number, string> = {}) =>
    checkBrokerIds(brokers, { ids, hosts });

  it("takes a first start, a host at the end, and ids that are written down", () => {
    assert.deepEqual(check(plan(["a", "b"]), {}), []);
    assert.deepEqual(check(plan(["a", "b", "c"]), { a: "0", b: "1" }), []);
    assert.deepEqual(check(plan(["a", "ab", "b"], { ab: 2 }), { a: "0", b: "1" }), []);
  });

  it("refuses a host in the middle that shifts the others, and says what to write", () => {
    // Its own plan is written down by then, as is who gets the id that is new.
    for (const problems of [
      check(plan(["a", "ab", "b"]), { a: "0", b: "1" }),
      check(plan(["a", "ab", "b"]), { a: "0", ab: "1", b: "1" }, { 0: "a", 1: "b", 2: "ab" }),
    ]) {
      assert.equal(problems.length, 1);
      assert.equal(problems[0]!.path, "iotef:hosts.b.broker");
      assert.match(
        problems[0]!.message,
        /^must stay 1, as on its disk; .* make it 2\. Write the ids down \(a 0, ab 2, b 1\)/,
      );
    }
  });

  it("refuses to close the gap that a removed host leaves", () => {
    const [problem, another] = check(plan(["a", "c"]), { a: "0", c: "2" }, { 0: "a", 1: "b" });
    assert.match(problem!.message, /^must stay 2/);
    assert.equal(another, undefined);
  });

  it("refuses every host that comes in for another one, and says whose broker it would be", () => {
    const before = { 0: "a", 1: "b", 2: "c" };
    const problems = check(plan(["a", "d", "e"]), { a: "0", d: "1", e: "2" }, before);
    assert.deepEqual(
      problems.map(({ path }) => path),
      ["iotef:hosts.d.broker", "iotef:hosts.e.broker"],
    );
    assert.match(
      problems[1]!.message,
      /^would get broker id 2, which is c's: .* Take c out and run `pulumi up` first, .* or put the new machine in as c, at its address, with a raised generation$/,
    );
    assert.deepEqual(check(plan(["a", "b", "d"]), { a: "0", b: "1", d: "2" }, { 0: "a", 1: "b", 2: "d" }), []);
  });

  it("says at once that a host shifts another one and comes in for a third", () => {
    const problems = check(plan(["a", "ab", "b"]), { a: "0", ab: "1", b: "1" }, { 0: "a", 1: "b", 2: "c" });
    assert.deepEqual(
      problems.map(({ path, message }) => [path, message.slice(0, 24)]),
      [
        ["iotef:hosts.b.broker", "must stay 1, as on its d"],
        ["iotef:hosts.ab.broker", "would get broker id 2, w"],
      ],
    );
  });

  /** Any edits in any order, as Pulumi's state sees them: what a run has written down stays while it is declared, refused or not. */
  it("never lets an id pass to a host while the broker of another has it, nor a host to another id", () => {
    const names = ["a", "b", "c", "d", "e", "f"];
    const edit = fc.record({
      hosts: fc.subarray(names, { minLength: 1 }),
      // As a person does who was told so.
      obeys: fc.boolean(),
    });
    fc.assert(
      fc.property(fc.array(edit, { minLength: 2, maxLength: 12 }), (edits) => {
        let ids: Record<string, string> = {};
        let hosts: Record<number, string | undefined> = {};
        let live: Record<number, string> = {};
        const run = (brokers: Broker[]): boolean => {
          const known = Object.fromEntries(brokers.map(({ name, id }) => [name, ids[name] ?? String(id)]));
          const holders: Record<number, string | undefined> = {};
          for (const { id } of brokers)
            holders[id] = hosts[id] ?? hostToRecord(id, brokers, { ids: known, hosts: holders });
          const problems = checkBrokerIds(brokers, { ids: known, hosts: holders });
          // A refused run deletes nothing.
          const refused = problems.length > 0;
          ids = refused ? { ...ids, ...known } : known;
          hosts = refused ? { ...hosts, ...holders } : holders;
          if (refused) return false;
          for (const { name, id } of brokers) {
            const other = live[id];
            assert.ok(other === undefined || other === name, `${name} takes ${id} of ${other}`);
            const old = Object.keys(live).find((each) => live[Number(each)] === name);
            assert.ok(old === undefined || old === String(id), `${name} goes from ${old} to ${id}`);
          }
          live = Object.fromEntries(brokers.map(({ name, id }) => [id, name]));
          return true;
        };
        for (const { hosts: wanted, obeys } of edits) {
          const written = Object.fromEntries(
            Object.entries(live)
              .filter(([, name]) => obeys && wanted.includes(name))
              .map(([id, name]) => [name, Number(id)]),
          );
          if (Object.values(written).every((id) => id < wanted.length)) run(plan(wanted, written));
        }
        // Whatever was refused before, the way back is open.
        const back = Object.fromEntries(Object.entries(live).map(([id, name]) => [name, Number(id)]));
        if (Object.keys(back).length > 0) assert.ok(run(plan(Object.keys(back), back)));
      }),
      { numRuns: 1000 },
    );
  });
});

describe("voters", () => {
  const brokers = planBrokers(["a", "b", "c", "d", "e", "f"].map((name, n) => ({ name, address: `10.0.0.${n}` })));
  const settings = { retentionHours: 1, maxMessageMiB: 4, sessionMs: 1500 };
  const paths = { data: "/d", keystore: "/k", truststore: "/t" };
  const render = (id: number) => renderServerProperties({ brokers, id, settings, paths });

  it("are the first five brokers; a sixth holds records only", () => {
    assert.match(render(4), /^process\.roles=broker,controller$/m);
    assert.match(render(4), /^controller\.quorum\.auto\.join\.enable=true$/m);
    assert.match(render(5), /^process\.roles=broker$/m);
    assert.match(render(5), /^listeners=CLIENT:\/\/10\.0\.0\.5:9092,BROKER:\/\/10\.0\.0\.5:9094$/m);
    assert.ok(!/^controller\.quorum\.bootstrap\.servers=.*10\.0\.0\.5/m.test(render(0)));
  });

  it("are restarted for settings and certificates, and for nothing that another host does", () => {
    const reason = restartReason({ settings, paths }, 1);
    assert.equal(restartReason({ settings: { ...settings }, paths }, 1), reason);
    assert.notEqual(restartReason({ settings: { ...settings, retentionHours: 2 }, paths }, 1), reason);
    assert.notEqual(restartReason({ settings, paths }, 2), reason);
  });
});
