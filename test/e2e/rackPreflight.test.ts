import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { supply } from "../../lab/artifacts";
import { Rack } from "../../lab/rack";
import type { RunningRack } from "../../lab/runningRack";
import { installToolchain, labPlaces, runPulumi, type PulumiPlaces, type PulumiResult } from "../../lab/toolchain";
import { buildHostImage, inventoryIn } from "../support/testRack";

const repository = resolve(__dirname, "../..");

/** Hosts with something wrong, on which the real engine runs the real cluster stack: all of it is said at once, nothing is done. */
describe("an up of hosts that are not fit for it", function () {
  this.timeout(15 * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "iotef-preflight-"));
  const inventory = inventoryIn(folder);
  let rack: RunningRack;
  let places: PulumiPlaces;

  before(async () => {
    const mirror = { files: join(folder, "files"), registry: join(folder, "registry-cache") };
    mkdirSync(mirror.files);
    rack = await Rack.up(inventory, { hostImage: await buildHostImage(), mirror, log: () => undefined });
    const binDir = join(folder, "bin");
    mkdirSync(binDir);
    const { pulumi, pulumiKubernetes } = await supply("toolchain", () => undefined);
    await installToolchain({ binDir });
    places = labPlaces(folder, [binDir, dirname(pulumi!), dirname(pulumiKubernetes!)]);
    const parts = [
      "index.ts",
      "stacks",
      "components",
      "core",
      "node_modules",
      "tsconfig.json",
      "package.json",
      "Pulumi.yaml",
    ];
    for (const part of parts) symlinkSync(join(repository, part), join(folder, part));
  });
  after(async () => {
    await Rack.down(inventory, () => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  /** An `up` of a stack with the three hosts as control planes, but for what is given. */
  async function up(stack: string, hosts: Record<string, object> = {}): Promise<PulumiResult> {
    const placed = Object.fromEntries(
      rack.hosts.map(({ name, address }) => [
        name,
        {
          address,
          role: "control-plane",
          hostKey: rack.hostKey(name),
          ...(name === "south-a" && { apiEntry: true }),
          ...hosts[name],
        },
      ]),
    );
    const config = {
      "iotef:role": "cluster",
      "iotef:name": stack,
      "iotef:kubernetes": { allowCgroupV1: true },
      "iotef:ssh": { privateKeyFile: inventory.ssh.privateKeyFile },
      "iotef:hosts": placed,
      // Nothing is there: an `up` that begins to change hosts fails at its first file.
      "iotef:mirror": rack.mirrorUrl,
    };
    // JSON is YAML too.
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config }));
    return runPulumi(stack, ["up", "--yes", "--skip-preview", "--non-interactive"], {
      places,
      capture: true,
      allowFailure: true,
    });
  }

  async function assertUntouched(): Promise<void> {
    const ours = "/etc/sysctl.d/90-iotef.conf /opt/cni /etc/haproxy/iotef*";
    for (const { name } of rack.hosts)
      assert.equal(await rack.run(name, `ls -d ${ours} 2>/dev/null || true`), "", name);
  }

  /** What makes a host bad, how it is mended, and what the check says of it. */
  const faults: {
    what: string;
    host: string;
    spoil: string;
    mend: string;
    says: (ids: { machineId: string }) => RegExp;
  }[] = [
    {
      what: "a clock an hour off",
      host: "north-a",
      // Containers share the machine's clock: the program that reads it is off instead.
      spoil: `printf '#!/bin/sh\\nexec /bin/date -d "+1 hour" "$@"\\n' > /usr/local/bin/date && chmod +x /usr/local/bin/date`,
      mend: "rm /usr/local/bin/date",
      says: () => /iotef:hosts\.north-a: has a clock 3(59|60)\d s away from the others/,
    },
    {
      what: "a machine that Kubernetes is not released for",
      host: "north-a",
      spoil: "printf '#!/bin/sh\\necho armv7l\\n' > /usr/local/bin/uname && chmod +x /usr/local/bin/uname",
      mend: "rm /usr/local/bin/uname",
      says: () => /iotef:hosts\.north-a: is a armv7l machine, for which Kubernetes is no longer released/,
    },
    {
      what: "the machine id of another host",
      host: "north-b",
      spoil: "cp /etc/machine-id /etc/machine-id.own && echo MACHINE_ID > /etc/machine-id",
      mend: "mv /etc/machine-id.own /etc/machine-id",
      says: ({ machineId }) => new RegExp(`iotef:hosts\\.north-b: has the machine id ${machineId} of north-a too`),
    },
    {
      what: "the name of another host",
      host: "north-b",
      spoil: "hostname north-a",
      mend: "hostname north-b",
      says: () => /iotef:hosts\.north-b: has the host name north-a of north-a too/,
    },
    {
      what: "a port that is taken",
      host: "south-a",
      spoil: "systemd-run --unit taken-port --socket-property=ListenStream=10250 --socket-property=Accept=no /bin/cat",
      mend: "systemctl stop taken-port.socket",
      says: () => /iotef:hosts\.south-a: has something listening on port 10250/,
    },
    {
      what: "small memory and swap",
      host: "south-a",
      // Of memory, too, there is but the machine's: what the kernel says of it is another text here.
      spoil:
        "sed -e 's/^MemTotal:.*/MemTotal: 1024000 kB/' -e 's/^SwapTotal:.*/SwapTotal: 2048000 kB/' /proc/meminfo > /run/meminfo && mount --bind /run/meminfo /proc/meminfo",
      mend: "umount /proc/meminfo",
      says: () => /south-a: has 1000 MiB of memory; a control-plane needs 1700[\s\S]*south-a: has swap switched on/,
    },
    {
      what: "another cluster's host",
      host: "north-b",
      spoil: "mkdir /etc/iotef && printf 'cluster=mill\\nhost=mill-w1\\n' > /etc/iotef/host",
      mend: "rm -r /etc/iotef",
      says: () => /iotef:hosts\.north-b: is host mill-w1 of cluster mill already; take it out of iotef:hosts there/,
    },
    {
      what: "somebody's files where the broker's are to be",
      host: "north-b",
      spoil: "mkdir -p /var/lib/iotef/kafka && touch /var/lib/iotef/kafka/letters",
      mend: "rm -r /var/lib/iotef/kafka",
      says: () => /iotef:hosts\.north-b: has files in \/var\/lib\/iotef\/kafka that are no broker's/,
    },
  ];

  it("names everything that is wrong, each with its place and remedy, and changes no host", async () => {
    const machineId = await rack.run("north-a", "cat /etc/machine-id");
    for (const { host, spoil } of faults) await rack.run(host, spoil.replace("MACHINE_ID", machineId));
    const { exitCode, stdout, stderr } = await up("unfit");
    assert.notEqual(exitCode, 0);
    for (const { what, says } of faults) assert.match(stdout + stderr, says({ machineId }), what);
    await assertUntouched();
  });

  it("goes past the checks once the hosts are mended, without a word in the configuration", async () => {
    for (const { host, mend } of faults) await rack.run(host, mend);
    const { stdout, stderr } = await up("unfit");
    assert.doesNotMatch(stdout + stderr, /iotef:hosts\.|problems? in the configuration/);
    assert.match(stdout + stderr, /unfit-prepare-/, "hosts are being prepared");
  });

  it("names the host that does not answer", async () => {
    const { exitCode, stdout, stderr } = await up("absent", { "north-b": { address: "10.91.1.99" } });
    assert.notEqual(exitCode, 0);
    assert.match(stdout + stderr, /iotef:hosts\.north-b\.address: "10\.91\.1\.99" does not answer on SSH port 22/);
  });

  it("names the host that shows another key", async () => {
    const { exitCode, stdout, stderr } = await up("stranger", { "north-b": { hostKey: rack.hostKey("north-a") } });
    assert.notEqual(exitCode, 0);
    assert.match(stdout + stderr, /iotef:hosts\.north-b\.hostKey: 10\.91\.1\.12 shows another host key/);
  });
});
