import assert from "node:assert/strict";
import { judgeLiveness, judgeReadiness, type StageStatus } from "../../workloads/stage/health";

const status = (more: Partial<StageStatus> = {}): StageStatus => ({
  isMember: true,
  silence: 0,
  stopping: false,
  isLastResort: false,
  groups: [],
  ...more,
});
const running = { group: 0, state: "running", reason: "", blocked: new Map<number, string>() } as const;

describe("judgeReadiness", () => {
  it("is content with a spare, and with lanes that run", () => {
    assert.equal(judgeReadiness(status()).ok, true);
    assert.equal(judgeReadiness(status({ groups: [running] })).ok, true);
  });

  it("is not content with a spare that could run none", () => {
    assert.equal(judgeReadiness(status({ isLastResort: true })).ok, false);
    assert.equal(judgeReadiness(status({ isLastResort: true, groups: [running] })).ok, true);
  });

  it("says what is missing", () => {
    const blocked = { ...running, group: 1, state: "blocked", reason: "another cluster" } as const;
    const { ok, reasons } = judgeReadiness(status({ isMember: false, groups: [running, blocked] }));
    assert.equal(ok, false);
    assert.deepEqual(reasons, [
      "not a member of the stage's consumer group yet",
      "lane group 1 is blocked: another cluster",
    ]);
  });

  it("names each lane that stands still while its group runs", () => {
    const { ok, reasons } = judgeReadiness(
      status({ groups: [{ ...running, blocked: new Map([[3, "15 records are gone"]]) }] }),
    );
    assert.equal(ok, false);
    assert.deepEqual(reasons, ["lane 3 is blocked: 15 records are gone"]);
  });

  it("is over when draining", () => {
    assert.equal(judgeReadiness(status({ stopping: true })).ok, false);
  });
});

describe("judgeLiveness", () => {
  it("bears a blocked lane and absent brokers, not endless silence", () => {
    assert.equal(judgeLiveness(status({ groups: [{ ...running, state: "blocked" }] })).ok, true);
    assert.equal(judgeLiveness(status({ silence: 120 })).ok, true);
    assert.equal(judgeLiveness(status({ silence: 400 })).ok, false);
    assert.equal(judgeLiveness(status({ silence: 400, stopping: true })).ok, true);
  });

  it("bears a slow processor, not one that hangs, and says which record it has", () => {
    const atWork = (seconds: number) =>
      status({ groups: [{ ...running, atWork: { name: "processing record 7 of lane 3", seconds } }] });
    assert.equal(judgeLiveness(atWork(60)).ok, true);
    const { ok, reasons } = judgeLiveness(atWork(400));
    assert.equal(ok, false);
    assert.match(reasons.join("; "), /lane group 0 has been processing record 7 of lane 3 for 400 s/);
  });
});
