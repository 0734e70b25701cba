import assert from "node:assert/strict";
import {
  appendFileSync,
  existsSync,
  mkdirSync,
  mkdtempSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { supply } from "../../lab/artifacts";
import type { Inventory } from "../../lab/inventory";
import { Rack } from "../../lab/rack";
import { runCommand } from "../../lab/runCommand";
import type { RunningRack } from "../../lab/runningRack";
import { installToolchain, labPlaces, runPulumi, type PulumiPlaces } from "../../lab/toolchain";
import { buildHostImage, inventoryIn } from "../support/testRack";
import { flaws, translatedAddress } from "../support/unfitHosts";

const repository = resolve(__dirname, "../..");
/** Hosts have the machine's kernel: which version of cgroups they show is its choice. */
const cgroupV1 = !existsSync("/sys/fs/cgroup/cgroup.controllers");

/** Hosts with something wrong, on which the real engine runs the real cluster stack: all of it is said at once, nothing is done. */
describe("an up of hosts that are not fit for it", function () {
  this.timeout(15 * 60_000);
  const folder = mkdtempSync(join(tmpdir(), "iotef-preflight-"));
  const inventory = withSouthB(inventoryIn(folder));
  /** A key that not every host lets in. */
  const otherKey = join(folder, "other-key");
  let rack: RunningRack;
  let places: PulumiPlaces;
  /** Mends what a test has spoiled, the last first. */
  const mends: (() => Promise<unknown>)[] = [];

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
    await runCommand("ssh-keygen", ["-q", "-t", "ed25519", "-N", "", "-f", otherKey]);
  });
  afterEach(async () => {
    while (mends.length > 0) await mends.pop()!();
  });
  after(async () => {
    await Rack.down(inventory, () => undefined);
    rmSync(folder, { recursive: true, force: true });
  });

  /** Runs a command on a host, and another one there after the test. */
  async function spoil(host: string, command: string, mend: string): Promise<void> {
    await rack.run(host, command);
    mends.push(() => rack.run(host, mend));
  }

  /** An `up` of a stack with three hosts as control planes and one as a worker, but for what is given. */
  async function up(
    stack: string,
    {
      addresses = {},
      ...config
    }: {
      addresses?: Record<string, string>;
      ssh?: { user?: string; privateKeyFile?: string };
      kubernetes?: object;
    } = {},
  ): Promise<{ exitCode: number; output: string; problems: string[] }> {
    const hosts = Object.fromEntries(
      rack.hosts.map(({ name, address }) => [
        name,
        {
          address: addresses[name] ?? address,
          hostKey: rack.hostKey(name),
          ...(name === "south-b" ? { role: "worker", broker: "none" } : { role: "control-plane" }),
        },
      ]),
    );
    const stackConfig = {
      "iotef:role": "cluster",
      "iotef:name": stack,
      "iotef:kubernetes": { allowCgroupV1: true, ...config.kubernetes },
      "iotef:ssh": { privateKeyFile: inventory.ssh.privateKeyFile, ...config.ssh },
      "iotef:hosts": hosts,
      // Nothing is there: an `up` that begins to change hosts fails at its first file.
      "iotef:mirror": rack.mirrorUrl,
    };
    // JSON is YAML too.
    writeFileSync(join(folder, `Pulumi.${stack}.yaml`), JSON.stringify({ config: stackConfig }));
    const { exitCode, stdout, stderr } = await runPulumi(
      stack,
      ["up", "--yes", "--skip-preview", "--non-interactive"],
      {
        places,
        capture: true,
        allowFailure: true,
      },
    );
    const output = stdout + stderr;
    // While it runs, and once more in its summary.
    const summary = output.slice(output.indexOf("\nDiagnostics:"));
    const problems = summary.split("\n").flatMap((line) => /^\s*- (iotef:.*)$/.exec(line)?.[1]?.trimEnd() ?? []);
    return { exitCode, output, problems };
  }

  /** Holds where an `up` says each of these once, nothing else, and leaves no trace on these hosts. */
  async function assertRefused(
    expected: readonly { place: string; says: RegExp }[],
    hosts: readonly string[],
    run: () => ReturnType<typeof up>,
  ): Promise<void> {
    for (const host of hosts) await rack.run(host, ": > /run/before-up");
    const networks = await Promise.all(hosts.map(networkOf));
    const { exitCode, output, problems } = await run();
    assert.notEqual(exitCode, 0);
    for (const { place, says } of expected) {
      const line = new RegExp(`^${place.replaceAll(".", "\\.")}: ${says.source}$`);
      const found = problems.filter((problem) => line.test(problem));
      assert.equal(found.length, 1, `${line.source}\nis there ${found.length} times of\n${output}`);
    }
    assert.equal(problems.length, expected.length, output);
    assert.match(output, new RegExp(`${expected.length} problems in the configuration; nothing was changed`));
    assert.deepEqual(await Promise.all(hosts.map(networkOf)), networks);
    for (const host of hosts) assert.deepEqual(await changedOn(host), [], host);
  }

  const networkOf = (host: string): Promise<string> =>
    // One of the flaws leaves sessions no right to read the rules.
    rack.run(host, "{ ip -o link; ip -o addr; ip route show table all; nft list ruleset || true; } 2>&1");

  /** What has come, gone or changed on a host's disks since the mark, but for logs, the memory at /run, and the folder of the file that is tried. */
  async function changedOn(host: string): Promise<string[]> {
    const disks = "/ /var/lib /var/lib/etcd /var/lib/iotef /var/lib/kubelet /var/lib/containerd";
    const found = await rack.run(
      host,
      `find ${disks} -xdev -path /var/log -prune -o -cnewer /run/before-up -print 2>/dev/null || true`,
    );
    const others = ["/run", "/var/lib/etcd", "/var/lib"];
    return found.split("\n").filter((path) => path !== "" && !others.includes(path));
  }

  it("names everything that is wrong, each with its place and remedy, and changes no host", async () => {
    const machineId = await rack.run("north-a", "cat /etc/machine-id");
    const named = (text: string): string => text.replaceAll("MACHINE_ID", machineId);
    for (const flaw of flaws) await spoil(flaw.host, named(flaw.spoil), flaw.mend);
    const expected = flaws.flatMap(({ host, says }) =>
      says === undefined ? [] : [{ place: `iotef:hosts.${host}`, says: new RegExp(named(says.source)) }],
    );
    await assertRefused(
      expected,
      rack.hosts.map(({ name }) => name),
      () => up("unfit", { addresses: { "south-a": translatedAddress } }),
    );
  });

  it("names hosts that do not answer, show another key or let nobody in, and asks the others", async () => {
    const { knownHostsFile } = inventory.ssh;
    // The host has a new key; the test itself knows it, the stack goes on with the one that the host had.
    const newKey = "/etc/ssh/rebuilt_key";
    await spoil("north-a", `ssh-keygen -q -t ed25519 -N '' -f ${newKey}`, `rm ${newKey}*`);
    appendFileSync(knownHostsFile, `10.91.1.11 ${await rack.run("north-a", `cat ${newKey}.pub`)}\n`);
    const setting = "/etc/ssh/sshd_config.d/rebuilt.conf";
    const restart = "systemctl restart ssh";
    await spoil("north-a", `echo HostKey ${newKey} > ${setting} && ${restart}`, `rm ${setting} && ${restart}`);
    await letIn(["north-a", "south-b"], "root");
    await rack.unplug("south-a");
    mends.push(() => rack.heal("south-a"));
    await assertRefused(
      [
        {
          place: "iotef:hosts.north-a.hostKey",
          says: /10\.91\.1\.11 shows another host key than the configured one; compare it with .*/,
        },
        {
          place: "iotef:ssh.privateKeyFile",
          says: /".*other-key" is a key that north-b \(10\.91\.1\.12\) does not let root in with; add its public half .*/,
        },
        {
          place: "iotef:hosts.south-a.address",
          says: /"10\.91\.2\.11" does not answer on SSH port 22; switch the host on, .*/,
        },
      ],
      ["north-a", "north-b", "south-b"],
      () => up("silent", { ssh: { privateKeyFile: otherKey } }),
    );
  });

  it("names a user who may not do it, one who gets no shell, old cgroups, and a change of what a node keeps", async () => {
    const user = "pi";
    for (const { name } of rack.hosts) await rack.run(name, `useradd --create-home --shell /bin/bash ${user}`);
    await letIn(
      rack.hosts.map(({ name }) => name),
      user,
    );
    await rack.run("north-b", `usermod --shell /usr/sbin/nologin ${user}`);
    const told = "cluster=weak\\nhost=south-a\\npodSubnet=10.1.0.0/16\\n";
    const joined = "mkdir /etc/iotef /etc/kubernetes && touch /etc/kubernetes/kubelet.conf";
    await spoil("south-a", `${joined} && printf '${told}' > /etc/iotef/host`, "rm -r /etc/iotef /etc/kubernetes");
    const asked = ["north-a", "south-a", "south-b"].map((host) => `iotef:hosts.${host}`);
    await assertRefused(
      [
        ...asked.map((place) => ({ place, says: /is reached by a user other than root; set iotef:ssh\.user to root/ })),
        ...asked
          .filter(() => cgroupV1)
          .map((place) => ({ place, says: /uses cgroup v1, which Kubernetes has given up; boot with .*/ })),
        {
          place: "iotef:hosts.north-b",
          says: /could not be asked for its facts; what it said: This account is currently not available\./,
        },
        {
          place: "iotef:kubernetes.podSubnet",
          says: /is 10\.1\.0\.0\/16 on south-a since it joined and cannot become 10\.244\.0\.0\/16; set it back, .*/,
        },
      ],
      rack.hosts.map(({ name }) => name),
      () => up("weak", { ssh: { user, privateKeyFile: otherKey }, kubernetes: { allowCgroupV1: false } }),
    );
  });

  it("goes past the checks once the hosts are mended, without a word in the configuration", async () => {
    const { output, problems } = await up("unfit");
    assert.deepEqual(problems, []);
    assert.match(output, /unfit-prepare-/, "hosts are being prepared");
  });

  /** Lets the other key in too. */
  async function letIn(hosts: readonly string[], user: string): Promise<void> {
    const key = readFileSync(`${otherKey}.pub`, "utf8").trim();
    const file = `~${user}/.ssh/authorized_keys`;
    for (const host of hosts)
      await rack.run(host, `mkdir -p ~${user}/.ssh && echo '${key}' >> ${file} && chown -R ${user} ~${user}/.ssh`);
  }
});

/** One more in the south, of which nothing is wrong. */
function withSouthB(inventory: Inventory): Inventory {
  const sites = inventory.sites.map((site) =>
    site.name === "south" ? { ...site, hosts: [...site.hosts, { name: "south-b", address: "10.91.2.12" }] } : site,
  );
  return { ...inventory, sites };
}
