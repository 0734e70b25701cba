import assert from "node:assert/strict";
import { Lifecycle, states, transitions, type State } from "../../workloads/stage/lifecycle";

/** The shortest way from the start to a state. */
function walkTo(target: State): Lifecycle {
  const ways = new Map<State, State[]>([["connecting", []]]);
  for (const [from, way] of ways) for (const to of transitions[from]) if (!ways.has(to)) ways.set(to, [...way, to]);
  const lifecycle = new Lifecycle();
  for (const step of ways.get(target)!) lifecycle.to(step, "test");
  return lifecycle;
}

describe("Lifecycle", () => {
  for (const from of states) {
    for (const to of states) {
      const allowed = transitions[from].includes(to);
      it(`${allowed ? "goes" : "does not go"} from ${from} to ${to}`, () => {
        const lifecycle = walkTo(from);
        if (allowed) {
          lifecycle.to(to, "because");
          assert.equal(lifecycle.state, to);
          assert.equal(lifecycle.reason, "because");
        } else assert.throws(() => lifecycle.to(to, "because"), new RegExp(`no way from ${from} to ${to}`));
      });
    }
  }

  it("has a way to stopped from everywhere", () => {
    for (const state of states.filter((each) => each !== "stopped")) {
      assert.ok(state === "draining" || transitions[state].includes("draining"), state);
    }
  });

  it("never runs without having fenced and recovered", () => {
    const into = (target: State) => states.filter((state) => transitions[state].includes(target));
    assert.deepEqual(into("running"), ["recovering"]);
    assert.deepEqual(into("recovering"), ["fencing"]);
    assert.deepEqual(into("fencing"), ["connecting"]);
  });

  it("tells each change", () => {
    const told: string[] = [];
    new Lifecycle((from, to, reason) => told.push(`${from} ${to} ${reason}`)).to("fencing", "connected");
    assert.deepEqual(told, ["connecting fencing connected"]);
  });
});
