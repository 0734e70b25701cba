import { strict as assert } from "node:assert";
import { resolve } from "node:path";
import { TemporaryProgram } from "./toolchain/temporaryProgram";

const component = resolve(__dirname, "../../components/kafka");
const rack = ["edge-m1", "edge-m2", "edge-m3", "edge-w1", "edge-w2"];

/** What is remembered of brokers, and what is refused for it: by the real engine, whose state it is. */
describe("the hosts of brokers, from one run to the next", function () {
  this.timeout(900_000);
  let program: TemporaryProgram;

  beforeEach(async () => {
    program = await TemporaryProgram.create();
    place(rack);
    await program.up();
  });
  afterEach(() => program?.remove());

  function place(names: readonly string[], ids: Readonly<Record<string, number>> = {}): void {
    program.write(`
      require("tsx/cjs");
      const { createIdentity } = require("${component}/createIdentity.ts");
      const { planBrokers } = require("${component}/planBrokers.ts");
      const hosts = ${JSON.stringify(names)}.map((name) => ({ name, address: "10.0.0.1" }));
      createIdentity("edge", planBrokers(hosts, ${JSON.stringify(ids)}), {}, {});`);
  }

  async function assertRefused(args: readonly string[], ...problems: RegExp[]): Promise<void> {
    const { stdout, stderr } = await program.fail(...args);
    for (const problem of problems) assert.match(stdout + stderr, problem);
    const found = (stdout + stderr).match(/ - iotef:hosts\./g) ?? [];
    assert.equal(new Set(problems).size, found.length, stdout + stderr);
  }

  const apply = ["up", "--yes", "--skip-preview"];

  it("refuses a host that comes in for another one, until that one was taken out", async () => {
    const remaining = rack.slice(0, 4);
    const says = /iotef:hosts\.edge-w3\.broker: would get broker id 4, which is edge-w2's/;
    place([...remaining, "edge-w3"]);
    await assertRefused(["preview"], says);
    await assertRefused(apply, says);
    await assertRefused(apply, says);
    place(remaining);
    await program.up();
    place([...remaining, "edge-w3"]);
    await program.up();
    await program.up("--expect-no-changes");
    const { resources } = await program.state();
    assert.deepEqual(resources["edge-broker-4"]!.inputs!["keepers"], { host: "edge-w3" });
  });

  it("takes the ids that a refusal asked for, and remembers those", async () => {
    const grown = [...rack, "edge-m4"];
    const says = [/w1\.broker: must stay 3,.*edge-m4 5, edge-w1 3, edge-w2 4/, /w2\.broker: must stay 4,/];
    place(grown);
    await assertRefused(["preview"], ...says);
    await assertRefused(apply, ...says);
    place(grown, { "edge-m4": 5 });
    await program.up();
    place([...rack, "edge-w3"]);
    await assertRefused(["preview"], /edge-w3\.broker: would get broker id 5, which is edge-m4's/);
  });
});
