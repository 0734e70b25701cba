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

  it("tries for longer and longer where it is given them as a last resort, and is one until something runs", () => {
    const tries: number[] = [];
    for (let round = 0; round < 8; round++) {
      ability.given();
      const tried = [60, 120, 240, 480, 960].find((each) => ability.isStuck(failing(each)))!;
      tries.push(tried);
      now += tried;
      assert.equal(ability.isLastResort, round > 0);
      ability.gaveUp();
      now += 3;
    }
    assert.deepEqual(tries, [60, 60, 120, 240, 480, 960, 960, 960]);
    now += 117;
    assert.ok(!ability.isLastResort, "others could do no more than it");
  });

  it("rests for no longer, and tries no longer than before, when others can after all", () => {
    for (const _ of [1, 2, 3]) {
      ability.given();
      ability.gaveUp();
    }
    ability.given();
    ability.spared();
    assert.ok(ability.isStuck(failing(60)));
    assert.ok(ability.isLastResort);
    now += 120;
    assert.ok(!ability.isLastResort);
  });

  it("is as able as before where it is spared by an ordinary change", () => {
    ability.given();
    ability.spared();
    assert.ok(!ability.isLastResort);
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
