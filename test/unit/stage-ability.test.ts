import assert from "node:assert/strict";
import { Ability } from "../../workloads/stage/ability";

describe("Ability", () => {
  let now = 0;
  let ability: Ability;
  const failing = (seconds: number) => [{ failingSeconds: seconds }, { failingSeconds: seconds + 1 }];

  beforeEach(() => {
    now = 1000;
    ability = new Ability(() => now);
  });

  it("is stuck when each of its lane groups has failed for a minute", () => {
    assert.ok(!ability.isStuck([]));
    assert.ok(!ability.isStuck(failing(59)));
    assert.ok(!ability.isStuck([...failing(60), { failingSeconds: 0 }]));
    assert.ok(ability.isStuck(failing(60)));
  });

  it("is a last resort for a minute then, and for twice as long after each other try", () => {
    for (const rest of [60, 120, 240, 480, 960, 960]) {
      ability.given();
      ability.gaveUp();
      now += rest - 1;
      assert.ok(ability.isLastResort);
      now += 1;
      assert.ok(!ability.isLastResort);
      assert.ok(ability.isStuck(failing(60)), "a try is no longer than before: another copy can do it");
    }
  });

  it("tries for longer where it is given them as a last resort", () => {
    ability.given();
    ability.gaveUp();
    ability.given();
    ability.gaveUp();
    assert.ok(!ability.isStuck(failing(119)));
    assert.ok(ability.isStuck(failing(120)));
  });

  it("begins anew when something runs", () => {
    for (const _ of [1, 2, 3]) {
      ability.given();
      ability.gaveUp();
    }
    ability.proved();
    assert.ok(!ability.isLastResort);
    assert.ok(ability.isStuck(failing(60)));
    ability.gaveUp();
    now += 60;
    assert.ok(!ability.isLastResort);
  });
});
