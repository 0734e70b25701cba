import assert from "node:assert/strict";
import { createHash } from "node:crypto";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { findLiveProcesses, findMonitors } from "../../lab/machine/liveProcesses";
import { killProcess } from "../../lab/machine/killProcess";
import { kernelParameters } from "../../lab/machine/tuneKernel";
import { listSessionNamespaces } from "../../lab/network/removeNetwork";
import { Rack } from "../../lab/rack";
import { runCommand, succeeds } from "../../lab/runCommand";
import type { RunningRack } from "../../lab/runningRack";
import { buildHostImage, inventoryIn, powerOf, session } from "../support/testRack";

describe("rack of host containers", function () {
  this.timeout(15 * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "iotef-rack-"));
  const otherFolder = mkdtempSync(join(tmpdir(), "iotef-rack-"));
  const inventory = inventoryIn(folder);
  const files = join(folder, "files");
  const parametersBefore = readParameters();
  let hostImage: string;
  let rack: RunningRack;
  const up = (of = inventory) =>
    Rack.up(of, { hostImage, mirror: { files, registry: join(folder, "registry-cache") }, log: () => undefined });

  before(async () => {
    hostImage = await buildHostImage();
    mkdirSync(join(files, "example.org"), { recursive: true });
    writeFileSync(join(files, "example.org", "release"), "a release file");
    rack = await up();
  });

  after(async () => {
    for (const place of [inventory, inventoryIn(otherFolder)]) await Rack.down(place, () => undefined);
    for (const place of [folder, otherFolder]) rmSync(place, { recursive: true, force: true });
  });

  it("boots Debian hosts with a running systemd, each with its name, address and machine-id", async () => {
    for (const { name } of rack.hosts) {
      assert.equal(await rack.run(name, "systemctl is-system-running"), "running", name);
      assert.equal(await rack.run(name, "hostname"), name);
    }
    const ids = await Promise.all(rack.hosts.map(({ name }) => rack.run(name, "cat /etc/machine-id")));
    assert.equal(new Set(ids).size, ids.length);
  });

  it("gives hosts what kubelet, containerd and kube-proxy need", async () => {
    const checks = [
      "mkdir /sys/fs/cgroup/memory/probe && rmdir /sys/fs/cgroup/memory/probe || test -w /sys/fs/cgroup/cgroup.subtree_control",
      "test -c /dev/kmsg",
      "cd $(mktemp -d -p /var/lib/containerd) && mkdir l u w m && mount -t overlay o -o lowerdir=l,upperdir=u,workdir=w m && umount m",
      "ip link add probe type vxlan id 77 dev eth0 dstport 8472 && ip link delete probe",
      "nft add table inet probe && nft delete table inet probe",
      "test $(cat /proc/sys/fs/inotify/max_user_instances) -ge 8192",
      "sysctl -qw net.ipv4.ip_nonlocal_bind=1",
      "! systemctl is-active -q haproxy keepalived nginx docker-registry",
    ];
    for (const check of checks) assert.equal(await rack.run("north-a", `{ ${check}; } && echo ok`), "ok", check);
  });

  it("keeps each host's cgroups to itself", async () => {
    const units = "ls /sys/fs/cgroup/systemd 2>/dev/null || ls /sys/fs/cgroup";
    await rack.run("north-a", "systemd-run --unit=only-on-a --collect sleep 1000");
    assert.match(await rack.run("north-a", "systemctl is-active only-on-a"), /^active$/);
    assert.doesNotMatch(
      await rack.run("north-b", `find /sys/fs/cgroup -name 'only-on-a*'; ${units}`),
      /only-on-a|racktest/,
    );
  });

  it("weighs less, with all hosts together, than a program beside them", () => {
    const shares = join("/sys/fs/cgroup/cpu", session, "cpu.shares");
    const weight = join("/sys/fs/cgroup", session, "cpu.weight");
    const [file, own] = existsSync(shares) ? [shares, 1024] : [weight, 100];
    assert.ok(Number(readFileSync(file, "utf8")) < own / 2);
    assert.ok(readdirSync(dirname(file)).filter((entry) => entry.startsWith("libpod-")).length >= rack.hosts.length);
  });

  it("serves release files and a registry under the mirror's address", async () => {
    assert.equal(await rack.run("south-a", `curl -fsS ${rack.mirrorUrl}/example.org/release`), "a release file");
    assert.equal(await rack.run("south-a", `curl -fsS ${rack.mirrorUrl}/v2/`), "{}");
  });

  it("takes pushed images, and keeps them out of the shared cache", async () => {
    await pushBlob(rack, "a layer");
    assert.equal(await pullBlob(rack, "a layer"), "a layer");
    assert.deepEqual(readdirSync(join(folder, "registry-cache")), []);
  });

  it("leaves hosts that run as they are when it comes up again", async () => {
    await rack.run("north-a", "touch /run/since-boot");
    rack = await up();
    assert.equal(await rack.run("north-a", "ls /run/since-boot"), "/run/since-boot");
  });

  it("puts a new machine in a host's place", async () => {
    const machineId = await rack.run("south-a", "cat /etc/machine-id");
    await rack.run("south-a", "touch /var/lib/iotef/old");
    await rack.wipe("south-a");
    await rack.heal("south-a");
    assert.notEqual(await rack.run("south-a", "cat /etc/machine-id"), machineId);
    assert.equal(await rack.run("south-a", "ls /var/lib/iotef"), "");
  });

  it("refuses to come up beside a living lab of another folder", async () => {
    await assert.rejects(up(inventoryIn(otherFolder)), new RegExp(`another lab runs on this machine, of ${folder}`));
  });

  it("comes up again after all its processes were killed, with its disks", async () => {
    await rack.run("north-a", "echo survived > /var/lib/iotef/file; sync");
    await rack.freeze("north-b");
    await killRack();
    rack = await up();
    assert.equal(await rack.run("north-a", "cat /var/lib/iotef/file"), "survived");
    assert.equal(await pullBlob(rack, "a layer"), "a layer");
    assert.deepEqual(await powerOf(rack), { "north-a": "on", "north-b": "on", "south-a": "on" });
  });

  it("clears away the killed lab of another folder", async () => {
    await killRack();
    rack = await up(inventoryIn(otherFolder));
    assert.equal(await rack.run("north-a", "ls /var/lib/iotef"), "");
    assert.doesNotMatch(readFileSync("/proc/self/mounts", "utf8"), new RegExp(` ${folder}/`));
  });

  it("leaves nothing behind when it goes down, and can do so twice", async () => {
    await rack.down();
    await rack.down();
    assert.deepEqual(await listSessionNamespaces(session), []);
    assert.equal(await succeeds("ip", ["link", "show", "dev", `${session}0`]), false);
    assert.equal(await runCommand("ip", ["route", "show", "10.91.0.0/16"]), "");
    assert.deepEqual(findMonitors(`/run/iotef/${session}`), []);
    assert.equal(existsSync(`/run/iotef/${session}`), false);
    assert.doesNotMatch(readFileSync("/proc/self/mounts", "utf8"), /iotef-rack-/);
    assert.equal(await runCommand("find", ["/sys/fs/cgroup", "-maxdepth", "2", "-name", session]), "");
    assert.deepEqual(readdirSync(join(otherFolder, "lab")), ["ssh"]);
    // Another rack on this machine still needs the parameters.
    if (!existsSync("/run/iotef")) assert.deepEqual(readParameters(), parametersBefore);
  });
});

/** As a machine does that ends all processes of a session: no word to podman, in no order. */
async function killRack(): Promise<void> {
  for (const pid of [...(await findLiveProcesses(session)), ...findMonitors(`/run/iotef/${session}`)]) killProcess(pid);
}

/** Pushes a blob as an image tool does, from the machine. */
async function pushBlob(rack: RunningRack, content: string): Promise<void> {
  const started = await fetch(`${rack.mirrorUrl}/v2/probe/blobs/uploads/`, { method: "POST" });
  const target = new URL(started.headers.get("location") ?? "", rack.mirrorUrl);
  target.searchParams.set("digest", digestOf(content));
  const headers = { "content-type": "application/octet-stream" };
  const finished = await fetch(target, { method: "PUT", headers, body: content });
  assert.equal(finished.status, 201, await finished.text());
}

async function pullBlob(rack: RunningRack, content: string): Promise<string> {
  return (await fetch(`${rack.mirrorUrl}/v2/probe/blobs/${digestOf(content)}`)).text();
}

function digestOf(content: string): string {
  return `sha256:${createHash("sha256").update(content).digest("hex")}`;
}

function readParameters(): Record<string, string> {
  const read = (name: string) => readFileSync(`/proc/sys/${name.replaceAll(".", "/")}`, "utf8").trim();
  return Object.fromEntries(kernelParameters.map(({ name }) => [name, read(name)]));
}
