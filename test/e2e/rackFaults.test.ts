import assert from "node:assert/strict";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { findLiveProcesses } from "../../lab/machine/liveProcesses";
import { listSessionNamespaces } from "../../lab/network/removeNetwork";
import { Rack } from "../../lab/rack";
import { describeLinks } from "../../lab/rackStatus";
import { runCommand } from "../../lab/runCommand";
import type { RunningRack } from "../../lab/runningRack";
import { buildHostImage, inventoryIn, powerOf, reaches, session } from "../support/testRack";

const [northB, southA] = ["10.91.1.12", "10.91.2.11"];

describe("faults of the rack", function () {
  this.timeout(15 * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "iotef-rack-"));
  const inventory = inventoryIn(folder);
  const said: string[] = [];
  let hostImage: string;
  let rack: RunningRack;
  const up = () => Rack.up(inventory, { hostImage, log: (line) => said.push(line) });

  before(async () => {
    hostImage = await buildHostImage();
    rack = await up();
  });
  beforeEach(() => void said.splice(0));
  after(async () => {
    await Rack.down(inventory, () => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  it("knows no fault of a rack that has just come up", async () => {
    assert.deepEqual(await faultsOf(rack), {});
    assert.deepEqual(describeLinks(await rack.status()), []);
  });

  it("drops all that comes in to a host, and lets it in again although ssh gets no answer", async () => {
    const boot = await bootOf(rack, "north-b");
    await rack.drop("north-b");
    assert.deepEqual(await faultsOf(rack), { "north-b": ["drops all input"] });
    assert.equal(await answersSsh(rack, "north-b"), false);
    assert.equal(await answersSsh(rack, "north-a"), true);
    assert.equal(await reaches(rack, "north-a", northB), false);
    assert.equal(await reaches(rack, "north-a", southA), true);
    await rack.drop("north-b");
    assert.match(said.join("\n"), /north-b drops all input already/);
    await rack.heal("north-b");
    assert.deepEqual(await faultsOf(rack), {});
    assert.equal(await bootOf(rack, "north-b"), boot);
  });

  it("sees and mends a rule that a person set on the host, however often", async () => {
    // The answer of the command is lost: the session is left to end by itself.
    const rule = "iptables -A INPUT -j DROP";
    await rack.run("north-b", `nohup sh -c 'sleep 1; ${rule}; ${rule}' >/dev/null 2>&1 </dev/null &`);
    await rack.run("north-a", `while ping -q -c 1 -W 1 ${northB} >/dev/null; do :; done`);
    assert.deepEqual(await faultsOf(rack), { "north-b": ["drops all input"] });
    await rack.heal("north-b");
    assert.equal(await rack.run("north-b", "iptables -S INPUT"), "-P INPUT ACCEPT");
  });

  it("cuts a host's power and boots it with its disks and a fresh network", async () => {
    const machineId = await rack.run("north-a", "cat /etc/machine-id");
    await rack.run("north-a", "echo kept | tee /var/lib/iotef/file /etc/file; sync; ip link add left type bridge");
    const boot = await bootOf(rack, "north-a");
    await leaveFrozen(rack, "north-a");
    await rack.cutPower("north-a");
    assert.deepEqual(await powerOf(rack), { "north-a": "off", "north-b": "on", "south-a": "on" });
    assert.deepEqual(await faultsOf(rack), { "north-a": ["power cut"] });
    assert.equal(await reaches(rack, "north-b", "10.91.1.11"), false);
    await rack.cutPower("north-a");
    assert.match(said.join("\n"), /north-a is off already/);
    await assert.rejects(
      rack.freeze("north-a"),
      /north-a is off and cannot be frozen; run `scripts\/lab heal north-a` first/,
    );
    await rack.heal("north-a");
    assert.equal(
      await rack.run("north-a", "cat /var/lib/iotef/file /etc/file /etc/machine-id"),
      `kept\nkept\n${machineId}`,
    );
    assert.equal(await rack.run("north-a", "ip link show left 2>/dev/null || echo gone"), "gone");
    assert.equal(await rack.run("north-a", "systemctl is-system-running"), "running");
    assert.notEqual(await bootOf(rack, "north-a"), boot);
  });

  it("shuts a host down cleanly and boots it", async () => {
    await rack.stop("south-a");
    assert.deepEqual(await faultsOf(rack), { "south-a": ["shut down"] });
    await rack.stop("south-a");
    assert.match(said.join("\n"), /south-a is off already/);
    await rack.heal("south-a");
    assert.deepEqual(await faultsOf(rack), {});
    assert.equal(await reaches(rack, "north-a", southA), true);
  });

  it("freezes a host, and heals it as if nothing had been", async () => {
    const boot = await bootOf(rack, "north-b");
    await rack.freeze("north-b");
    assert.deepEqual(await faultsOf(rack), { "north-b": ["frozen"] });
    assert.equal(await answersSsh(rack, "north-b"), false);
    await rack.freeze("north-b");
    assert.match(said.join("\n"), /north-b is frozen already/);
    await rack.heal("north-b");
    assert.equal(await bootOf(rack, "north-b"), boot);
  });

  it("cuts the power of a frozen host, and shuts down one that drops", async () => {
    await rack.freeze("north-b");
    await rack.cutPower("north-b");
    await rack.heal("north-b");
    await rack.drop("north-b");
    await rack.stop("north-b");
    assert.deepEqual(await faultsOf(rack), { "north-b": ["shut down"] });
    await rack.heal("north-b");
    assert.deepEqual(await faultsOf(rack), {});
  });

  it("pulls a host's cable until it is healed", async () => {
    await rack.unplug("north-b");
    assert.deepEqual(await faultsOf(rack), { "north-b": ["unplugged"] });
    assert.equal(await reaches(rack, "north-a", northB), false);
    await rack.heal("north-b");
    assert.equal(await reaches(rack, "north-a", northB), true);
  });

  it("cuts the link between the sites and nothing else", async () => {
    await rack.cutLink("north", "south");
    await rack.cutLink("south", "north");
    assert.deepEqual(describeLinks(await rack.status()).sort(), [
      "link north -> south: cut",
      "link south -> north: cut",
    ]);
    assert.match(said.join("\n"), /north -> south is cut already/);
    assert.equal(await reaches(rack, "north-a", southA), false);
    assert.equal(await reaches(rack, "north-a", northB), true);
    await rack.healLink("south", "north");
    assert.deepEqual(describeLinks(await rack.status()), []);
    assert.equal(await reaches(rack, "north-a", southA), true);
  });

  it("cuts one direction: what goes the other way still arrives", async () => {
    await rack.cutLink("north", "south", { oneWay: true });
    assert.deepEqual((await rack.status()).cuts, [{ from: "north", to: "south" }]);
    const toNorth = await pingsThatArrive(rack, "south-a", "north-a");
    const toSouth = await pingsThatArrive(rack, "north-a", "south-a");
    assert.deepEqual({ toNorth, toSouth }, { toNorth: 3, toSouth: 0 });
    assert.equal(await reaches(rack, "south-a", "10.91.1.11"), false, "answers are lost");
    await rack.healLink("north", "south");
    assert.equal(await pingsThatArrive(rack, "north-a", "south-a"), 3);
  });

  it("cuts two hosts of one site, and a host from the other site", async () => {
    await rack.cutLink("north-a", "north-b");
    await rack.cutLink("north-b", "south-a");
    assert.equal(await reaches(rack, "north-a", northB), false);
    assert.equal(await reaches(rack, "north-b", southA), false);
    assert.equal(await reaches(rack, "north-a", southA), true);
    await rack.healAll();
    assert.equal(await reaches(rack, "north-a", northB), true);
    assert.equal(await reaches(rack, "north-b", southA), true);
  });

  it("delays a link by as much as it says, each way", async () => {
    const milliseconds = 300;
    const plain = await roundTrip(rack);
    await rack.delayLink("north", "south", milliseconds, { oneWay: true });
    const oneWay = await roundTrip(rack);
    await rack.delayLink("north", "south", milliseconds);
    assert.match(said.join("\n"), /north -> south is delayed by 300 ms already/);
    const bothWays = await roundTrip(rack);
    const grown = { oneWay: (oneWay - plain) / milliseconds, bothWays: (bothWays - plain) / milliseconds };
    assert.equal(Math.round(grown.oneWay), 1, JSON.stringify({ plain, ...grown }));
    assert.equal(Math.round(grown.bothWays), 2, JSON.stringify({ plain, ...grown }));
    assert.equal(await reaches(rack, "north-a", northB), true);
  });

  it("cuts a delayed link, and changes a delay", async () => {
    await rack.delayLink("north", "south", 20);
    assert.match(said.join("\n"), /north -> south is delayed by 20 ms, no longer by 300 ms/);
    await rack.cutLink("north", "south", { oneWay: true });
    assert.equal(await reaches(rack, "north-a", southA), false);
    await rack.healLink("north", "south");
    assert.deepEqual(describeLinks(await rack.status()), []);
    assert.equal(await reaches(rack, "north-a", southA), true);
    assert.doesNotMatch(await runCommand("ip", ["-n", session, "rule"]), /iif (north|south)/);
  });

  it("heals everything at once, changes nothing of the machine's own network, and has nothing to do the second time", async () => {
    const own = await networkOfMachine();
    await breakEverything(rack);
    assert.deepEqual(await faultsOf(rack), everything);
    assert.equal(await networkOfMachine(), own);
    await rack.healAll();
    assert.deepEqual(await faultsOf(rack), {});
    assert.equal(await networkOfMachine(), own);
    const boots = await Promise.all(rack.hosts.map(({ name }) => bootOf(rack, name)));
    await rack.healAll();
    assert.deepEqual(await Promise.all(rack.hosts.map(({ name }) => bootOf(rack, name))), boots);
  });

  it("comes up whole with every fault in force", async () => {
    await breakEverything(rack);
    rack = await up();
    assert.deepEqual(await faultsOf(rack), {});
    assert.deepEqual(describeLinks(await rack.status()), []);
    assert.equal(await reaches(rack, "north-a", southA), true);
  });

  it("goes down with every fault in force, and leaves nothing behind", async () => {
    await leaveFrozen(rack, "north-b");
    await breakEverything(rack);
    await rack.freeze("north-a");
    await rack.down();
    assert.deepEqual(await listSessionNamespaces(session), []);
    assert.deepEqual(await findLiveProcesses(session), []);
    assert.doesNotMatch(await runCommand("ps", ["-e", "-o", "args"]), /delay_\d_\d/);
    assert.throws(() => Rack.attach(inventory), /the lab of .* is down; run `scripts\/lab up`/);
  });
});

const everything = { "north-a": ["drops all input", "unplugged"], "north-b": ["frozen"], "south-a": ["power cut"] };

/** As runc does that was killed while it had frozen a container. */
async function leaveFrozen(rack: RunningRack, host: string): Promise<void> {
  await rack.run(
    host,
    `if [ -d /sys/fs/cgroup/freezer ]; then group=/sys/fs/cgroup/freezer/left state=freezer.state frozen=FROZEN
     else group=/sys/fs/cgroup/left state=cgroup.freeze frozen=1; fi
     mkdir $group
     nohup sleep 3600 >/dev/null 2>&1 </dev/null &
     echo $! > $group/cgroup.procs && echo $frozen > $group/$state`,
  );
}

async function breakEverything(rack: RunningRack): Promise<void> {
  await rack.delayLink("north", "south", 50);
  await rack.cutLink("machine", "south");
  await Promise.all([rack.drop("north-a"), rack.freeze("north-b"), rack.cutPower("south-a")]);
  await rack.unplug("north-a");
}

/** What is wrong with the hosts that something is wrong with. */
async function faultsOf(rack: RunningRack): Promise<Record<string, string[]>> {
  const { hosts } = await rack.status();
  return Object.fromEntries(hosts.filter(({ faults }) => faults.length > 0).map(({ name, faults }) => [name, faults]));
}

/** Rules, routes, links and queues outside the lab's network namespaces. */
async function networkOfMachine(): Promise<string> {
  const shown = ["iptables-save", "ip rule", "ip route", "ip -br link", "tc qdisc"].map(async (command) => {
    const [program, ...args] = command.split(" ");
    const lines = await runCommand(program!, args);
    // The date of iptables-save.
    return lines.replace(/^#.*\n/gm, "");
  });
  return (await Promise.all(shown)).join("\n");
}

async function answersSsh(rack: RunningRack, host: string): Promise<boolean> {
  return rack.run(host, "true").then(
    () => true,
    () => false,
  );
}

/** When the host was booted, in ticks since the machine's boot: a container's own boot id is the machine's. */
function bootOf(rack: RunningRack, host: string): Promise<string> {
  return rack.run(host, "cut -d ' ' -f 22 /proc/1/stat");
}

/** How many of three pings from one host come in to another, whether or not an answer comes back. */
async function pingsThatArrive(rack: RunningRack, from: string, to: string): Promise<number> {
  const { address } = rack.hosts.find(({ name }) => name === to)!;
  const count = async () => Number(/InEchos +(\d+)/i.exec(await rack.run(to, "nstat -asz IcmpInEchos"))?.[1]);
  const before = await count();
  await rack.run(from, `ping -q -c 3 -W 1 ${address} || true`);
  return (await count()) - before;
}

/** The shortest round trip from north to south, in milliseconds: what a busy machine adds is no part of the link. */
async function roundTrip(rack: RunningRack): Promise<number> {
  const output = await rack.run("north-a", `ping -q -c 5 -i 0.5 -W 5 ${southA}`);
  return Number(/= ([\d.]+)\//.exec(output)?.[1]);
}
