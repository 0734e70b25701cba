import { strict as assert } from "node:assert";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { startSecureBrokers, type SecureBrokers } from "../support/secureBrokers";

/** Fault B14 of facts/kafka.md 5. Its ids come from the Pulumi state (createIdentity.ts), its disk from a former life. */
describe("a broker whose disk is not its own: endless restarts, or a new identity (alfresco-kafka#6, KAFKA-20530)", function () {
  this.timeout(900_000);
  let brokers: SecureBrokers;
  const meta = (folder: string) => readFileSync(join(folder, "meta.properties"), "utf8");

  before(async () => {
    brokers = await startSecureBrokers(1);
  });
  after(() => brokers?.stop());

  it("formats an empty one with the ids that it was given, and after a restart finds them there", async () => {
    const formatted = meta(brokers.directoryOf(0));
    assert.match(formatted, new RegExp(`^cluster\\.id=${brokers.clusterId}$`, "m"));
    assert.match(formatted, /^node\.id=0$/m);
    await brokers.stopOne(0);
    brokers.start(0);
    await brokers.ready(0);
    assert.equal(meta(brokers.directoryOf(0)), formatted);
  });

  for (const [whose, changed] of [
    ["another broker", { from: /^node\.id=0$/m, to: "node.id=1" }],
    ["another cluster", { from: /^cluster\.id=.*$/m, to: "cluster.id=AAAAAAAAAAAAAAAAAAAAAA" }],
  ] as const) {
    it(`refuses that of ${whose}, says whose it is, and leaves it as it is`, async () => {
      await brokers.stopOne(0);
      const foreign = `${brokers.directoryOf(0)}-foreign`;
      rmSync(foreign, { recursive: true, force: true });
      cpSync(brokers.directoryOf(0), foreign, { recursive: true });
      const before = meta(foreign).replace(changed.from, changed.to);
      writeFileSync(join(foreign, "meta.properties"), before);
      const files = readdirSync(foreign, { recursive: true });
      brokers.start(0, { DATA: foreign });
      const said = await brokers.ended(0);
      assert.match(said, /belongs to another broker or cluster/);
      assert.ok(
        said.includes(changed.to) && said.includes(`this one is broker 0 of cluster ${brokers.clusterId}`),
        said,
      );
      assert.equal(meta(foreign), before);
      assert.deepEqual(readdirSync(foreign, { recursive: true }), files);
    });
  }

  it("refuses one with files and no identity", async () => {
    await brokers.stopOne(0);
    const found = `${brokers.directoryOf(0)}-found`;
    mkdirSync(join(found, "frames-0"), { recursive: true });
    brokers.start(0, { DATA: found });
    assert.match(await brokers.ended(0), /has files but no meta\.properties/);
    assert.ok(!existsSync(join(found, "meta.properties")));
  });
});
