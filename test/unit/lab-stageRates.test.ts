import { strict as assert } from "node:assert";
import { ratesOf, sumOf, type StageCopy } from "../../scripts/labCommand/stageRates";

const copy = (pod: string, at: number, recordsIn: number, recordsOut: number): StageCopy => {
  return { at, stage: "compress", cluster: "edge", host: "edge-m1", pod, ready: true, recordsIn, recordsOut };
};

describe("ratesOf", () => {
  it("goes by the time that really passed between the readings", () => {
    const rates = ratesOf([copy("a", 1000, 10, 5)], [copy("a", 21_000, 50, 25)]);
    assert.deepEqual(rates.get("compress"), { in: 2, out: 1 });
  });
  it("adds the copies of a stage, and gives one that has just come no rate", () => {
    const rates = ratesOf(
      [copy("a", 0, 0, 0), copy("b", 0, 0, 0)],
      [copy("a", 1000, 1, 1), copy("b", 1000, 2, 2), copy("c", 1000, 500, 500)],
    );
    assert.deepEqual(rates.get("compress"), { in: 3, out: 3 });
  });
});

describe("sumOf", () => {
  it("adds a metric over its labels and leaves others alone", () => {
    const text = ['a_total{lane="0"} 3', 'a_total{lane="1"} 4', "a_total_bytes 100", "# HELP a_total x"].join("\n");
    assert.equal(sumOf(text, "a_total"), 7);
  });
});
