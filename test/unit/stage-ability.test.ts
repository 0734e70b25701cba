import assert from "node:assert/strict";
import fc from "fast-check";
import { Ability } from "../../workloads/stage/ability";
import { assignLaneGroups, findEligible } from "../../workloads/stage/assigner";

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

  it("is stuck sooner where it has failed before and another may not", () => {
    ability.gaveUp();
    ability.assigned(true);
    assert.ok(!ability.isStuck(failing(59)));
    ability.assigned(false);
    assert.ok(!ability.isStuck(failing(19)));
    assert.ok(ability.isStuck(failing(20)));
    ability.proved();
    assert.ok(!ability.isStuck(failing(59)));
  });

  it("is a last resort for a minute then, and for twice as long after each other try", () => {
    for (const rest of [60, 120, 240, 480, 960, 960]) {
      ability.gaveUp();
      ability.assigned(false);
      now += rest - 1;
      assert.ok(ability.isLastResort);
      now += 1;
      assert.ok(!ability.isLastResort);
    }
  });

  it("is one for as long as no other can either, and for a minute from when one can", () => {
    ability.gaveUp();
    for (const _ of [1, 2, 3, 4]) {
      ability.assigned(true);
      now += 500;
      assert.ok(ability.isLastResort);
      ability.gaveUp();
    }
    ability.assigned(true);
    now += 500;
    ability.assigned(false);
    now += 59;
    assert.ok(ability.isLastResort);
    now += 1;
    assert.ok(!ability.isLastResort, "tries beside others that could do no more made it no worse");
  });

  it("rests on where one that can was away for a moment", () => {
    for (const _ of [1, 2, 3]) ability.gaveUp();
    now += 100;
    ability.assigned(true);
    ability.assigned(false);
    now += 139;
    assert.ok(ability.isLastResort);
    now += 1;
    assert.ok(!ability.isLastResort);
  });

  it("says ten seconds late that it runs a lane group again, whatever it is told until then", () => {
    ability.gaveUp();
    ability.assigned(true);
    ability.proved();
    ability.assigned(true);
    now += 9;
    assert.ok(ability.isLastResort);
    assert.ok(ability.runsAgain);
    ability.proved();
    now += 1;
    assert.ok(!ability.isLastResort);
    assert.ok(!ability.runsAgain);
  });

  it("has said so already where it runs what it was given after its rest", () => {
    ability.gaveUp();
    now += 60;
    ability.proved();
    assert.ok(!ability.isLastResort);
  });

  it("begins anew when something runs", () => {
    for (const _ of [1, 2, 3]) ability.gaveUp();
    ability.proved();
    ability.gaveUp();
    now += 60;
    assert.ok(!ability.isLastResort);
  });

  it("is none before its first failure", () => {
    ability.assigned(false);
    ability.proved();
    assert.ok(!ability.isLastResort);
  });
});

/** Copies of a stage that share two lane groups by what they tell of their ability, second by second. */
describe("copies of which some cannot run what they have", () => {
  interface Copy {
    id: string;
    ability: Ability;
    canRun: boolean;
    asideUntil: number;
    toldLastResort: boolean;
    /** Lane group to how long it has failed; 0 while it runs. */
    owned: Map<number, { failingSeconds: number }>;
  }
  const laneGroups = 2;
  let now: number;
  let copies: Copy[];

  function begin(count: number): void {
    now = 0;
    copies = Array.from({ length: count }, (_, index) => ({
      id: `copy-${index}`,
      ability: new Ability(() => now),
      canRun: false,
      asideUntil: 0,
      toldLastResort: false,
      owned: new Map(),
    }));
    rebalance();
  }

  function members(): Copy[] {
    return copies.filter(({ asideUntil }) => asideUntil <= now);
  }

  function rebalance(): void {
    const described = members().map((copy) => {
      copy.toldLastResort = copy.ability.isLastResort;
      const { runsAgain } = copy.ability;
      return {
        id: copy.id,
        generation: 1,
        owned: [...copy.owned.keys()],
        isLastResort: copy.toldLastResort,
        runsAgain,
      };
    });
    const shares = assignLaneGroups(described, laneGroups);
    const { areLastResorts } = findEligible(described);
    for (const copy of members()) {
      const wanted = shares.get(copy.id)!;
      copy.ability.assigned(areLastResorts);
      copy.owned = new Map(wanted.map((group) => [group, copy.owned.get(group) ?? { failingSeconds: 0 }]));
    }
  }

  function pass(seconds: number): void {
    for (const until = now + seconds; now < until;) {
      now++;
      let changes = copies.some(({ asideUntil }) => asideUntil === now);
      for (const copy of members()) {
        for (const owner of copy.owned.values()) {
          if (copy.canRun) copy.ability.proved();
          owner.failingSeconds = copy.canRun ? 0 : owner.failingSeconds + 1;
        }
        if (copy.ability.isStuck(copy.owned.values())) {
          copy.owned.clear();
          copy.ability.gaveUp();
          copy.asideUntil = now + 3;
          changes = true;
        }
        changes ||= copy.toldLastResort && !copy.ability.isLastResort;
      }
      if (changes) rebalance();
    }
  }

  const running = () => copies.flatMap(({ canRun, owned }) => (canRun ? [...owned.keys()] : [])).sort();
  const shares = () => copies.map(({ owned }) => owned.size);

  it("share what none of them can run, spare or not, so that each tries again and again", () => {
    for (const count of [2, 3, 4]) {
      begin(count);
      pass(300);
      const tried = copies.map(() => 0);
      for (let second = 0; second < 600; second++) {
        pass(1);
        const away = copies.some(({ asideUntil }) => asideUntil > now);
        if (!away) assert.ok(Math.max(...shares()) === 1, `one has all of ${shares().join(", ")} after ${now} s`);
        shares().forEach((share, index) => (tried[index]! += share));
      }
      assert.ok(Math.min(...tried) > 0, tried.join(", "));
    }
  });

  it("keep their own where all can again", () => {
    begin(3);
    pass(700);
    const owned = () => copies.map((copy) => [...copy.owned.keys()]);
    const before = owned();
    const passUnchanged = (seconds: number) => {
      for (let second = 0; second < seconds; second++) {
        pass(1);
        assert.deepEqual(owned(), before, `at ${now} s`);
      }
    };
    copies[0]!.canRun = true;
    passUnchanged(3);
    copies[1]!.canRun = true;
    passUnchanged(3);
    copies[2]!.canRun = true;
    passUnchanged(1000);
    assert.ok(!copies.some(({ ability }) => ability.isLastResort));
  });

  it("leave all to any that can, within a minute for each of the others, whatever was before", () => {
    const past = fc.array(fc.record({ seconds: fc.integer({ min: 1, max: 400 }), able: fc.subarray([0, 1, 2, 3]) }), {
      maxLength: 8,
    });
    fc.assert(
      fc.property(fc.integer({ min: 2, max: 4 }), past, fc.nat(3), (count, steps, last) => {
        begin(count);
        for (const { seconds, able } of steps) {
          copies.forEach((copy, index) => (copy.canRun = able.includes(index)));
          pass(seconds);
        }
        copies.forEach((copy, index) => (copy.canRun = index === last % count));
        const within = now + 65 * count;
        while (running().length < laneGroups && now < within) pass(1);
        assert.deepEqual(running(), [0, 1]);
      }),
      { numRuns: 500 },
    );
  });

  it("have their share again when all can, within the longest rest", () => {
    begin(2);
    copies[0]!.canRun = true;
    pass(3000);
    copies[1]!.canRun = true;
    pass(1030);
    assert.deepEqual(shares(), [1, 1]);
  });
});
