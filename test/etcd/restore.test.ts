import { strict as assert } from "node:assert";
import { mkdtempSync, readdirSync, readFileSync, rmSync, truncateSync, writeFileSync, existsSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { until } from "../../core/wait";
import { parseSurvey, type Survey } from "../../scripts/restoreCommand/parseSurvey";
import { LocalControlPlane } from "../support/localEtcd";

const names = ["edge-m1", "edge-m2", "edge-m3"];

/** Real etcds, three in a cluster over TLS, and the programs that `pulumi up` puts on a control plane. */
describe("etcd's upkeep on a control plane", function () {
  this.timeout(5 * 60_000);
  let folder: string;
  let controlPlanes: LocalControlPlane[];
  let survivor: LocalControlPlane;

  beforeEach(async () => {
    folder = mkdtempSync(join(tmpdir(), "iotef-etcd-"));
    controlPlanes = await LocalControlPlane.start(folder, names);
    survivor = controlPlanes[2]!;
    await until("etcd answers", () => survivor.etcdctl("endpoint", "health"), { within: 120, every: 0.5 });
  });
  afterEach(async () => {
    await Promise.all(controlPlanes.map((each) => each.remove()));
    rmSync(folder, { recursive: true, force: true });
  });

  const loseMajority = async (): Promise<void> => {
    await Promise.all(controlPlanes.slice(0, 2).map((each) => each.cutPower()));
  };
  /** Writes keys that a majority has confirmed, and returns what must be there from now on. */
  const write = async (count: number, prefix: string): Promise<string[]> => {
    const keys = Array.from({ length: count }, (_, at) => `/${prefix}/${String(at).padStart(3, "0")}`);
    for (const key of keys) await survivor.etcdctl("put", key, `value of ${key}`);
    return keys;
  };
  const keysOf = async (member: LocalControlPlane): Promise<string[]> =>
    (await member.etcdctl("get", "--prefix", "/", "--keys-only")).split("\n").filter(Boolean);
  const members = async (): Promise<string[]> =>
    (await survivor.etcdctl("member", "list")).split("\n").map((line) => line.split(", ")[2]!);
  const survey = async (of = survivor): Promise<Survey> => parseSurvey((await of.run("survey-etcd")).stdout);
  const backup = (keep = 2) => survivor.run("backup-etcd", [], { KEEP: String(keep) });
  const snapshotsOf = (member: string): string[] =>
    readdirSync(survivor.path("var/lib/iotef/backup", member)).filter((file) => file.endsWith(".db"));
  const kept = (): string[] => readdirSync(survivor.path("var/lib/etcd")).filter((entry) => entry !== "member");

  it("backs up every member's data, keeps the newest, and says who was not there", async () => {
    const made: string[] = [];
    for (const round of ["a", "b", "c"]) {
      await write(1, round);
      const { exitCode, stdout } = await backup(2);
      assert.equal(exitCode, 0, stdout);
      made.push(snapshotsOf("edge-m1").sort().at(-1)!);
    }
    for (const name of names) assert.equal(snapshotsOf(name).length, 2);
    assert.deepEqual(snapshotsOf("edge-m1").sort(), made.slice(1));

    await controlPlanes[0]!.cutPower();
    const { exitCode, stdout } = await backup(2);
    assert.equal(exitCode, 0, stdout);
    assert.match(stdout, /^edge-m1: not saved: /m);
    assert.match(stdout, /^edge-m2: saved revision \d+, \d+ bytes$/m);
    assert.deepEqual(snapshotsOf("edge-m1").sort(), made.slice(1), "what it had stays");
  });

  it("backs up its own data without a majority", async () => {
    await loseMajority();
    const { exitCode, stdout } = await backup();
    assert.equal(exitCode, 0, stdout);
    assert.equal(snapshotsOf("edge-m3").length, 1);
  });

  it("tells what a restore must know", async () => {
    await write(3, "before");
    await backup();
    const healthy = await survey();
    assert.deepEqual(
      { member: healthy.member, quorum: healthy.quorum, data: healthy.data, begun: healthy.begun },
      { member: "edge-m3", quorum: true, data: true, begun: false },
    );
    assert.deepEqual([...healthy.members].sort(), names);
    assert.deepEqual(healthy.snapshots.map(({ member }) => member).sort(), names);
    assert.ok(healthy.certificates! > new Date(), "the certificates last");
    await loseMajority();
    const { quorum, revision, members: known } = await survey();
    assert.deepEqual({ quorum, known }, { quorum: false, known: [] });
    assert.equal(revision, healthy.revision);
  });

  it("refuses to restore while there is a majority, and what is no snapshot before it stops anything", async () => {
    const refused = await survivor.run("restore-etcd", ["own"]);
    assert.equal(refused.exitCode, 1);
    assert.match(refused.stderr, /etcd has its majority: there is nothing to restore/);
    await backup();
    await loseMajority();
    const damaged = survivor.path("var/lib/iotef/backup/edge-m1", snapshotsOf("edge-m1")[0]!);
    const bytes = readFileSync(damaged);
    bytes[4096] = bytes[4096]! ^ 1;
    writeFileSync(damaged, bytes);
    assert.match((await survivor.run("restore-etcd", [damaged])).stderr, /is damaged; take another snapshot/);
    assert.match((await survivor.run("restore-etcd", ["/nowhere"])).stderr, /\/nowhere: no such file/);
    assert.ok(existsSync(survivor.path("etc/kubernetes/manifests/etcd.yaml")), "etcd was left alone");
  });

  it("becomes a cluster of one with all that was confirmed, after two of three died at once", async () => {
    const keys = await write(20, "confirmed");
    const before = (await survey()).revision!;
    await loseMajority();
    const { exitCode, all } = await survivor.run("restore-etcd", ["own"]);
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await keysOf(survivor), keys);
    assert.deepEqual(await members(), ["edge-m3"]);
    assert.ok((await survey()).revision! >= before + 1_000_000_000, "no revision is given out twice");
    await survivor.etcdctl("put", "/after", "writes work");
    await assert.rejects(survivor.etcdctl("get", "/", "--prefix", "--rev", String(before)), /compacted/);
    assert.match(kept().join(" "), /^before-restore-\S+Z$/, "only the old data is beside the new");
    const again = await survivor.run("restore-etcd", ["own"]);
    assert.match(again.stderr, /there is nothing to restore/);
  });

  it("goes on where it was killed, at every step", async () => {
    const keys = await write(10, "confirmed");
    await loseMajority();
    const steps = ["stopping etcd", "restoring revision", "the old data is in", "starting etcd"];
    for (const step of steps) {
      assert.ok(await survivor.killAt(step, "restore-etcd", ["own"]), `was killed at "${step}"`);
      assert.equal((await survey()).begun, true, `"${step}" leaves a mark`);
    }
    const { exitCode, all } = await survivor.run("restore-etcd", ["own"]);
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await keysOf(survivor), keys);
    assert.deepEqual(await members(), ["edge-m3"]);
    assert.equal(kept().length, 1, kept().join(" "));
    assert.equal((await survey()).begun, false);
  });

  it("takes the newest snapshot, whosever it is, when its own data is damaged", async () => {
    const saved = await write(10, "saved");
    await backup();
    await write(10, "after");
    await loseMajority();
    await survivor.cutPower();
    truncateSync(survivor.path("var/lib/etcd/member/snap/db"), 8192);
    const own = await survivor.run("restore-etcd", ["own"]);
    assert.match(own.stderr, /is damaged; run this again with a snapshot, for example newest/);
    survivor.powerOn();
    const { exitCode, all } = await survivor.run("restore-etcd", ["newest"]);
    assert.equal(exitCode, 0, all);
    assert.deepEqual(await keysOf(survivor), saved);
    assert.deepEqual(await members(), ["edge-m3"]);
  });
});
