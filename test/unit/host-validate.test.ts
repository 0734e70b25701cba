import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { formatHostRecord } from "../../components/host/hostRecord";
import { parseFacts, type HostFacts } from "../../components/host/parseFacts";
import { validateHosts, type HostExpectation } from "../../components/host/validateHosts";
import { hostRecord } from "../support/hostRecord";

const host = (name: string, address: string, role: HostExpectation["role"]): HostExpectation => ({
  name,
  address,
  role,
  record: hostRecord(name, address),
});
const hosts = [host("m1", "10.0.0.1", "control-plane"), host("w1", "10.0.0.2", "worker")];

function facts(change: Partial<Record<string, Partial<HostFacts>>> = {}): Record<string, HostFacts> {
  return Object.fromEntries(
    hosts.map(({ name, address }) => [
      name,
      {
        hostname: name,
        machineId: `id-${name}`,
        architecture: "x86_64",
        userId: 0,
        cpus: 2,
        memoryMiB: 4096,
        swap: [],
        clockOffsetSeconds: -90,
        freeDiskMiB: 50_000,
        cgroup: "v2",
        memoryCgroup: "on",
        kernelLacks: [],
        programsMissing: [],
        addresses: ["127.0.0.1", address],
        joined: false,
        record: {},
        dataFolder: "empty",
        portsTaken: [],
        noRouteTo: [],
        etcdDiskError: "",
        syncMilliseconds: 2.1,
        ...change[name],
      } satisfies HostFacts,
    ]),
  );
}

function problems(change: Partial<Record<string, Partial<HostFacts>>>, allowCgroupV1 = false): string[] {
  return validateHosts(hosts, facts(change), { allowCgroupV1, etcdHeartbeatMs: 250 }).map(
    ({ path, message }) => `${path} ${message}`,
  );
}

describe("validateHosts", () => {
  it("accepts hosts that are right", () => assert.deepEqual(problems({}), []));

  const refused: [string, Partial<HostFacts>, RegExp][] = [
    [
      "armv7l, naming the architecture",
      { architecture: "armv7l" },
      /has the architecture armv7l, for which Kubernetes is not released/,
    ],
    ["a user without root", { userId: 1000 }, /set iotef:ssh.user to root/],
    ["an address the host does not hold", { addresses: ["127.0.0.1"] }, /does not hold its address 10.0.0.1/],
    ["little memory", { memoryMiB: 1024 }, /has 1024 MiB of memory; a control-plane needs 1700/],
    ["one CPU for a control plane", { cpus: 1 }, /has 1 CPU/],
    ["swap, naming it", { swap: ["/dev/mmcblk0p3"] }, /swaps to \/dev\/mmcblk0p3; run `swapoff -a`/],
    ["a full disk", { freeDiskMiB: 100 }, /has 100 MiB free/],
    ["cgroup v1", { cgroup: "v1" }, /allowCgroupV1/],
    ["a switched off memory cgroup", { memoryCgroup: "off" }, /cgroup_enable=memory/],
    [
      "a kernel without what pods need",
      { kernelLacks: ["vxlan", "overlay"] },
      /has no vxlan, overlay in its kernel; install linux-modules-extra/,
    ],
    ["a missing program", { programsMissing: ["losetup"] }, /has no losetup; use Debian or Ubuntu/],
    [
      "a disk that cannot be written, without a word on how slow it was",
      { etcdDiskError: "No space left on device", syncMilliseconds: 900 },
      /cannot write to the disk of \/var\/lib\/etcd \(No space left on device\)/,
    ],
    ["a disk that is slow to sync", { syncMilliseconds: 250 }, /takes 250 ms for a write .* needs under 250/],
    ["a taken port", { portsTaken: [10250] }, /listening on port 10250/],
    [
      "files that are no broker's",
      { dataFolder: "foreign" },
      /has files in \/var\/lib\/iotef\/kafka that are no broker's/,
    ],
    [
      "a host of another cluster",
      { record: { ...hostRecord("m1", "10.0.0.1"), cluster: "cloud" } },
      /is host m1 of cluster cloud already; take it out of iotef:hosts there/,
    ],
    [
      "a host under another name, joined or not",
      { record: { cluster: "edge", host: "m9" }, joined: true },
      /is host m9 of cluster edge already/,
    ],
    ["a node of somebody else's cluster", { joined: true }, /is a node of a cluster that is not IoTEF's/],
    ["a missing route", { noRouteTo: ["10.0.0.2"] }, /no route to 10.0.0.2/],
  ];
  for (const [what, change, expected] of refused) {
    it(`refuses ${what}`, () => {
      const found = problems({ m1: change });
      assert.equal(found.length, 1, found.join("\n"));
      assert.match(found[0]!, expected);
      assert.match(found[0]!, /^iotef:hosts\.m1 /);
    });
  }

  it("takes taken ports of a host that is prepared as its own", () => {
    const record = { cluster: "edge", host: "m1" };
    assert.deepEqual(problems({ m1: { portsTaken: [6443], joined: true, record } }), []);
    assert.deepEqual(problems({ m1: { portsTaken: [8443], record } }), []);
  });

  it("refuses what a node keeps from its joining on, once for all hosts, and an address for each", () => {
    const before = (name: string, address: string) => ({
      joined: true,
      addresses: [address, `10.0.0.${name === "m1" ? 1 : 2}`],
      record: { ...hostRecord(name, address), podSubnet: "10.1.0.0/16", kubernetesVersion: "1.35.0" },
    });
    const found = problems({ m1: before("m1", "10.9.0.1"), w1: before("w1", "10.9.0.2") });
    assert.deepEqual(
      found.map((line) => line.split(" ").slice(0, 4).join(" ")),
      [
        "iotef:hosts.m1.address is 10.9.0.1 on",
        "iotef:kubernetes.version is 1.35.0 on",
        "iotef:kubernetes.podSubnet is 10.1.0.0/16 on",
        "iotef:hosts.w1.address is 10.9.0.2 on",
      ],
    );
    assert.match(found[0]!, /cannot become 10\.0\.0\.1; set it back, or take the host out/);
    assert.match(found[2]!, /cannot become 10\.244\.0\.0\/16; set it back, or make the cluster anew/);
  });

  it("lets all of it change until the host has joined", () => {
    assert.deepEqual(problems({ m1: { record: { ...hostRecord("m1", "10.0.0.1"), podSubnet: "10.1.0.0/16" } } }), []);
  });

  it("lets a worker have less memory than a control plane", () => {
    assert.deepEqual(problems({ w1: { memoryMiB: 1024 } }), []);
  });

  it("lets a worker have a slower disk, and a node that runs etcd already", () => {
    assert.deepEqual(problems({ w1: { syncMilliseconds: 900 } }), []);
    const record = { cluster: "edge", host: "m1" };
    assert.deepEqual(problems({ m1: { syncMilliseconds: undefined, joined: true, record } }), []);
  });

  it("draws nothing from what it could not ask", () => {
    const blind = problems({ m1: { programsMissing: ["ip"], addresses: [], noRouteTo: ["10.0.0.2"] } });
    assert.deepEqual(blind.length, 1, blind.join("\n"));
    const weak = problems({ m1: { userId: 1000, etcdDiskError: "Permission denied" } });
    assert.deepEqual(weak.length, 1, weak.join("\n"));
  });

  it("advises the role of a worker only where the host would do for one", () => {
    assert.match(problems({ m1: { memoryMiB: 1024 } })[0]!, /let it be a worker/);
    assert.doesNotMatch(problems({ m1: { memoryMiB: 512 } })[0]!, /let it be a worker/);
  });

  it("names both hosts that share a machine id or a host name", () => {
    assert.match(problems({ w1: { machineId: "id-m1" } })[0]!, /hosts\.w1 has the machine id id-m1 of m1 too/);
    assert.match(problems({ w1: { hostname: "m1" } })[0]!, /hosts\.w1 has the host name m1 of m1 too/);
  });

  it("reports a clock that is away from the median", () => {
    const found = validateHosts(
      [...hosts, host("w2", "10.0.0.3", "worker")],
      {
        ...facts(),
        w2: { ...facts()["w1"]!, hostname: "w2", machineId: "x", addresses: ["10.0.0.3"], clockOffsetSeconds: 3510 },
      },
      { allowCgroupV1: false, etcdHeartbeatMs: 250 },
    );
    assert.deepEqual(
      found.map(({ path }) => path),
      ["iotef:hosts.w2"],
    );
    assert.match(found[0]!.message, /clock 3600 s away/);
  });

  it("takes no clock for wrong because its host was asked later than the others", () => {
    const said = (epochSeconds: number): string =>
      Object.entries({ ...facts()["m1"]!, epochSeconds })
        .map(([name, value]) => `${name}=${String(value)}`)
        .join("\n");
    // m1 took two minutes to let ssh in; both clocks are ten seconds behind the operator's.
    const late = parseFacts(said(1_800_000_110), 1_800_000_120.9);
    const prompt = parseFacts(said(1_799_999_990), 1_800_000_000.2);
    assert.ok(Math.abs(late.clockOffsetSeconds - prompt.clockOffsetSeconds) <= 1);
    assert.deepEqual(
      problems({
        m1: { clockOffsetSeconds: late.clockOffsetSeconds },
        w1: { clockOffsetSeconds: prompt.clockOffsetSeconds },
      }),
      [],
    );
  });

  it("reports everything at once", () => {
    assert.equal(problems({ m1: { swap: ["/swap"], cpus: 1 }, w1: { architecture: "armv7l" } }).length, 3);
  });
});

describe("parseFacts", () => {
  it("says which fact is missing", () => assert.throws(() => parseFacts("hostname=a", 0), /no dataFolder/));

  it("reads back what a host was told when it was prepared", () => {
    const told = hostRecord("m1", "10.0.0.1");
    const printed = Object.entries({ ...facts()["m1"]!, epochSeconds: 0 }).map(
      ([key, value]) => `${key}=${String(value)}`,
    );
    const recorded = formatHostRecord(told)
      .split("\n")
      .map((line) => `record.${line}`);
    assert.deepEqual(parseFacts([...printed, ...recorded].join("\n"), 0).record, told);
  });
});

describe("gatherFacts.sh", () => {
  const script = path.join(__dirname, "../../components/host/gatherFacts.sh");
  const folder = mkdtempSync(path.join(tmpdir(), "iotef-facts-"));
  after(() => rmSync(folder, { recursive: true }));
  const ask = (etcd: string): HostFacts =>
    parseFacts(execFileSync("bash", [script, "127.0.0.1", "1", folder, etcd], { encoding: "utf8" }), Date.now() / 1000);

  it("finds every fact on this machine, and leaves nothing on the disk that it tries", () => {
    const { syncMilliseconds, etcdDiskError } = ask(path.join(folder, "not", "there"));
    assert.ok(syncMilliseconds! > 0, String(syncMilliseconds));
    assert.equal(etcdDiskError, "");
    assert.deepEqual(readdirSync(folder), []);
  });

  it("says why it cannot write", () => {
    const { syncMilliseconds, etcdDiskError } = ask("/proc/etcd");
    assert.deepEqual([syncMilliseconds, etcdDiskError], [undefined, "No such file or directory"]);
  });
});
