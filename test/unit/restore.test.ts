import { strict as assert } from "node:assert";
import { parseSurvey, type Survey } from "../../scripts/restoreCommand/parseSurvey";
import { planRestore, type RestoreOptions, type RestorePlan } from "../../scripts/restoreCommand/planRestore";
import { renderSnapshots } from "../../scripts/restoreCommand/renderSnapshots";
import { runRestore } from "../../scripts/restoreCommand/runRestore";

const printed = `upkeep=yes
member=edge-m3
data=yes
quorum=no
revision=4711
certificates=1811203200
snapshot=edge-m1 000000004000-20261126T000000Z.db 2097152 1795651200
snapshot=edge-m3 000000004100-20261126T010000Z.db 2097152 1795654800
`;

/** A control plane that runs, with what is different about it. */
function controlPlane(given: Partial<Survey> = {}): Survey {
  return {
    upkeep: true,
    member: "edge-m",
    data: true,
    quorum: false,
    members: [],
    begun: false,
    snapshots: [],
    ...given,
  };
}
/** Answers on SSH and has nothing on its disk. */
const rebuilt: Survey = { upkeep: false, data: false, begun: false, members: [], snapshots: [] };
const healthy = controlPlane({ quorum: true, members: ["edge-m1", "edge-m2", "edge-m3"] });
const alone = controlPlane({ quorum: true, members: ["edge-m3"] });
const silent = undefined;

function plan(
  m1: Survey | undefined,
  m2: Survey | undefined,
  m3: Survey | undefined,
  options: Partial<RestoreOptions> = {},
): RestorePlan {
  return planRestore({ "edge-m1": m1, "edge-m2": m2, "edge-m3": m3 }, { lost: [], snapshot: "own", ...options });
}

describe("parseSurvey", () => {
  it("reads what surveyEtcd.sh prints", () => {
    const survey = parseSurvey(printed);
    assert.deepEqual(
      { ...survey, snapshots: survey.snapshots.map(({ member, revision }) => [member, revision]) },
      {
        upkeep: true,
        member: "edge-m3",
        data: true,
        begun: false,
        quorum: false,
        members: [],
        revision: 4711,
        certificates: new Date("2027-05-25T00:00:00Z"),
        snapshots: [
          ["edge-m1", 4000],
          ["edge-m3", 4100],
        ],
      },
    );
    assert.equal(survey.snapshots[0]!.path, "/var/lib/iotef/backup/edge-m1/000000004000-20261126T000000Z.db");
  });

  it("takes a host that printed nothing for one that was rebuilt", () => assert.deepEqual(parseSurvey(""), rebuilt));
});

describe("planRestore", () => {
  it("keeps the one that has etcd's data, when the others are empty", () => {
    assert.deepEqual(plan(rebuilt, rebuilt, controlPlane()), {
      host: "edge-m3",
      source: "own",
      lost: ["edge-m1", "edge-m2"],
      restored: false,
    });
  });

  it("takes a host that does not answer for lost only when it is told so", () => {
    assert.throws(
      () => plan(silent, rebuilt, controlPlane()),
      /edge-m1 does not answer, and may have etcd's data: bring it back, or say `--lost edge-m1`/,
    );
    assert.deepEqual(plan(silent, silent, controlPlane(), { lost: ["edge-m1", "edge-m2"] }).lost, [
      "edge-m1",
      "edge-m2",
    ]);
  });

  it("refuses while there is a majority, whoever is called lost", () => {
    for (const lost of [[], ["edge-m1"], ["edge-m1", "edge-m2"]])
      assert.throws(() => plan(silent, healthy, healthy, { lost }), /has its majority .*nothing to restore/);
  });

  it("refuses to choose between two that have etcd's data", () => {
    assert.throws(() => plan(silent, controlPlane(), controlPlane()), /edge-m2 and edge-m3 have an etcd each/);
    const chosen = { host: "edge-m3", lost: ["edge-m1"] };
    assert.throws(() => plan(silent, controlPlane(), controlPlane(), chosen), /edge-m2 answers and has etcd's data/);
    assert.equal(
      plan(silent, controlPlane(), controlPlane(), { ...chosen, lost: ["edge-m1", "edge-m2"] }).host,
      "edge-m3",
    );
  });

  it("says all that is wrong at once", () => {
    assert.throws(
      () => plan(silent, silent, controlPlane({ upkeep: false })),
      (error: Error) => {
        assert.deepEqual(
          error.message.split("\n").map((line) => line.slice(0, 22)),
          ["nothing was changed:", "  - edge-m3 has no /us", "  - edge-m1 does not a", "  - edge-m2 does not a"],
        );
        return true;
      },
    );
  });

  it("refuses names that the stack file has not, a lost survivor, and a rack with nothing left", () => {
    assert.throws(() => plan(silent, silent, controlPlane(), { lost: ["edge-m4"] }), /edge-m4 is not a control plane/);
    const both = { host: "edge-m3", lost: ["edge-m1", "edge-m2", "edge-m3"] };
    assert.throws(() => plan(silent, silent, controlPlane(), both), /cannot be kept and lost/);
    assert.throws(() => plan(silent, rebuilt, silent), /no control plane that answers has an etcd/);
  });

  it("goes on with a restore that was killed: while etcd is stopped, after it answers, and when only the nodes are left", () => {
    const stopped = controlPlane({ begun: true });
    delete stopped.quorum;
    assert.equal(plan(rebuilt, rebuilt, stopped).restored, false);
    assert.equal(
      plan(rebuilt, rebuilt, { ...alone, begun: true }).restored,
      false,
      "the API server is still to be started",
    );
    assert.deepEqual(plan(rebuilt, silent, alone, { lost: ["edge-m2"] }), {
      host: "edge-m3",
      source: "own",
      lost: ["edge-m1", "edge-m2"],
      restored: true,
    });
  });
});

describe("renderSnapshots", () => {
  it("shows each control plane and every snapshot, the newest first", () => {
    const text = renderSnapshots(
      { "edge-m1": undefined, "edge-m2": rebuilt, "edge-m3": parseSurvey(printed) },
      new Date("2026-11-26T02:00:00Z"),
    );
    assert.deepEqual(text.split("\n"), [
      "edge-m1: does not answer",
      "edge-m2: has no etcd",
      "edge-m3: etcd has no majority, revision 4711; certificates until 2027-05-25",
      "on       of       revision  age      size     path",
      "edge-m3  edge-m3  4100      60 min   2.0 MiB  /var/lib/iotef/backup/edge-m3/000000004100-20261126T010000Z.db",
      "edge-m3  edge-m1  4000      120 min  2.0 MiB  /var/lib/iotef/backup/edge-m1/000000004000-20261126T000000Z.db",
    ]);
  });
});

describe("runRestore", () => {
  it("says that the cluster is served when the API answers at the virtual address, not before; what is to be done, at once", async () => {
    const told: string[] = [];
    let asked = 0;
    const ssh = {
      run: async (_host: string, command: string) => {
        if (!command.includes("--server https://10.0.0.9:8443")) return { exitCode: 0, stdout: "", stderr: "" };
        asked++;
        return asked < 2
          ? { exitCode: 1, stdout: "", stderr: "no route to host" }
          : { exitCode: 0, stdout: "ok", stderr: "" };
      },
      close: () => {},
    };
    const plan = { host: "edge-m3", source: "own", lost: ["edge-m1", "edge-m2"], restored: false };
    const cluster = { name: "edge", endpoint: { port: 8443, virtualIp: "10.0.0.9" } };
    await runRestore(cluster, plan, ssh, (line) => told.push(line));
    const waits = told.findIndex((line) => /waiting for the API at https:\/\/10\.0\.0\.9:8443: no route/.test(line));
    const served = told.findIndex((line) => /^edge is served by edge-m3 alone/.test(line));
    assert.ok(waits >= 0 && waits < served, told.join("\n"));
    const next = told.findIndex((line) => /never start edge-m1 or edge-m2 as it was/.test(line));
    assert.ok(next >= 0 && next < waits, told.join("\n"));
  });
});
