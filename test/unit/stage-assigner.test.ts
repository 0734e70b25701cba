import assert from "node:assert/strict";
import fc from "fast-check";
import { assignLaneGroups, findEligible, groupCount, lanesOf, type Member } from "../../workloads/stage/assigner";

const member = (id: string, generation: number, ...owned: number[]): Member => ({ id, generation, owned });
const plain = (members: Member[], groups: number) => Object.fromEntries(assignLaneGroups(members, groups));

describe("assignLaneGroups", () => {
  it("gives all groups to a lone member", () => {
    assert.deepEqual(plain([member("a", 1)], 3), { a: [0, 1, 2] });
  });

  it("gives nothing to members of an older placement", () => {
    assert.deepEqual(plain([member("a", 1, 0, 1), member("b", 2)], 2), { a: [], b: [0, 1] });
  });

  it("moves only as many groups as evenness asks for", () => {
    assert.deepEqual(plain([member("a", 1, 0, 1, 2, 3), member("b", 1)], 4), { a: [0, 1], b: [2, 3] });
    assert.deepEqual(plain([member("a", 1, 0, 2, 4), member("b", 1, 1, 3)], 5), { a: [0, 2, 4], b: [1, 3] });
  });

  it("hands the groups of a member that left to the others", () => {
    assert.deepEqual(plain([member("a", 1, 0), member("b", 1, 1)], 3), { a: [0, 2], b: [1] });
  });

  it("leaves a group with who is taking it, until it runs", () => {
    const taker = { ...member("a", 2, 0, 1), taking: [1] };
    assert.deepEqual(plain([taker, member("b", 2)], 2), { a: [1], b: [0] });
    const ofAll = { ...member("a", 2, 0, 1), taking: [0, 1] };
    assert.deepEqual(plain([ofAll, member("b", 2)], 2), { a: [0, 1], b: [] });
    assert.deepEqual(plain([ofAll, member("b", 2, 2)], 4), { a: [0, 1], b: [2, 3] });
    assert.deepEqual(plain([{ ...member("a", 1, 0, 1), taking: [0, 1] }, member("b", 2)], 2), { a: [], b: [0, 1] });
  });

  it("gives a member that could run none some only where all could not", () => {
    const unable = (id: string, ...owned: number[]) => ({ ...member(id, 1, ...owned), isLastResort: true });
    assert.deepEqual(plain([unable("a", 0), member("b", 1, 1)], 2), { a: [], b: [0, 1] });
    assert.deepEqual(plain([unable("a"), unable("b", 0, 1)], 2), { a: [1], b: [0] });
    assert.deepEqual(plain([unable("a"), { ...member("b", 2), isLastResort: true }], 1), { a: [], b: [0] });
    assert.deepEqual(plain([unable("a", 0), member("b", 1, 1), { ...unable("c", 2), runsAgain: true }], 3), {
      a: [],
      b: [0, 1],
      c: [2],
    });
    assert.deepEqual(plain([{ ...unable("a", 0), taking: [0] }, member("b", 1, 1)], 2), { a: [0], b: [1] });
    assert.ok(findEligible([member("a", 1), { ...member("b", 2), isLastResort: true }]).areLastResorts);
    assert.ok(!findEligible([unable("a"), member("b", 1)]).areLastResorts);
  });

  it("keeps spares without groups", () => {
    assert.deepEqual(plain([member("a", 1), member("b", 1, 0), member("c", 1)], 1), { a: [], b: [0], c: [] });
  });

  it("gives a group that two members claim to one of them", () => {
    assert.deepEqual(plain([member("a", 1, 0), member("b", 1, 0)], 2), { a: [0], b: [1] });
  });

  const members = fc.uniqueArray(
    fc.record({
      id: fc.string({ minLength: 1, maxLength: 4 }),
      generation: fc.integer({ min: 1, max: 3 }),
      owned: fc.uniqueArray(fc.integer({ min: 0, max: 20 })),
    }),
    { selector: ({ id }) => id, minLength: 1, maxLength: 8 },
  );

  it("hands out each group once, evenly, to the newest placement, whatever members say they own", () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 16 }), (all, groups) => {
        const result = assignLaneGroups(all, groups);
        const given = [...result.values()].flat().sort((a, b) => a - b);
        assert.deepEqual(
          given,
          Array.from({ length: groups }, (_, n) => n),
        );
        assert.deepEqual([...result.keys()].sort(), all.map(({ id }) => id).sort());
        const top = Math.max(...all.map(({ generation }) => generation));
        const sizes = all.flatMap(({ id, generation }) => (generation === top ? [result.get(id)!.length] : []));
        assert.ok(Math.max(...sizes) - Math.min(...sizes) <= 1);
      }),
    );
  });

  it("changes nothing when asked again about what it assigned", () => {
    fc.assert(
      fc.property(members, fc.integer({ min: 1, max: 16 }), (all, groups) => {
        const first = assignLaneGroups(all, groups);
        const again = assignLaneGroups(
          all.map((each) => ({ ...each, owned: first.get(each.id)! })),
          groups,
        );
        assert.deepEqual(again, first);
      }),
    );
  });
});

describe("lanesOf", () => {
  it("spreads lanes over groups by remainder", () => {
    assert.deepEqual(lanesOf(0, 2, 5), [0, 2, 4]);
    assert.deepEqual(lanesOf(1, 2, 5), [1, 3]);
    assert.deepEqual(lanesOf(3, 4, 3), []);
  });
});

describe("groupCount", () => {
  it("is never more than there are lanes", () => {
    assert.equal(groupCount(4, 3), 3);
    assert.equal(groupCount(2, 5), 2);
  });
});
