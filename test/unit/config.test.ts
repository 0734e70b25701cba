import { strict as assert } from "node:assert";
import { parseConfig, type ClusterConfig, type FederationConfig } from "../../core/config";
import { parseKnownHosts } from "../../core/config/knownHosts";
import { contains, overlap, rangeOfSubnet } from "../../core/config/subnets";
import { problemsOf, rawCluster, rawFederation } from "../support/stackConfig";

describe("parseConfig", () => {
  it("fills in every default of a cluster", () => {
    const { kubernetes, endpoint, ssh, kafka, hosts, images } = parseConfig(rawCluster()) as ClusterConfig;
    assert.deepEqual(kubernetes, {
      version: "1.36.3",
      podSubnet: "10.244.0.0/16",
      serviceSubnet: "10.96.0.0/16",
      allowCgroupV1: false,
      restrictOomScoreAdj: false,
      keepConntrackLimits: false,
      statsPeriodSeconds: 10,
      evictBelowFreeDiskPercent: 10,
      systemReservedMemoryMiB: 0,
    });
    assert.deepEqual(endpoint, { port: 8443 });
    assert.deepEqual(ssh, { user: "root", port: 22, privateKeyFile: "key" });
    assert.deepEqual(kafka, {
      heapMiB: 256,
      retentionHours: 168,
      sessionMs: 1500,
      maxMessageMiB: 4,
      dataPath: "/var/lib/iotef/kafka",
      storageGiB: 5,
    });
    assert.deepEqual(hosts["edge-w1"], { address: "10.90.1.21", role: "worker", generation: 1, labels: {} });
    assert.deepEqual(images, { registry: "ghcr.io/iotef", tag: "0.1.0", digests: {} });
  });

  it("fills in every default of a federation", () => {
    const { pipeline, streams, stages, deleteDataOfRemovedStreams } = parseConfig(rawFederation()) as FederationConfig;
    assert.equal(pipeline, "iotef");
    assert.deepEqual(streams["frames"], { cluster: "edge", partitions: 5, retention: {} });
    assert.deepEqual(stages["camera"], {
      process: "camera",
      to: "frames",
      replicas: 3,
      laneGroups: 2,
      memoryMiB: 256,
      options: {},
      acceptLoss: false,
      timing: {},
    });
    assert.equal(deleteDataOfRemovedStreams, false);
  });

  it("freezes the whole tree", () => {
    const config = parseConfig(rawCluster()) as ClusterConfig;
    assert.throws(() => Object.assign(config.hosts["edge-m1"]!, { address: "10.0.0.1" }), TypeError);
    assert.throws(() => Object.assign(config, { name: "other" }), TypeError);
  });

  it("leaves what it was given alone", () => {
    const raw = rawCluster();
    parseConfig(raw);
    assert.deepEqual(raw, rawCluster());
    assert.ok(!Object.isFrozen(raw.hosts));
  });

  for (const [role, line] of [
    ["edge", 'iotef:role: "edge" is not a role; use cluster or federation'],
    [undefined, "iotef:role: is not a role; use cluster or federation"],
    [7, "iotef:role: 7 is not a role; use cluster or federation"],
  ] as const) {
    it(`refuses the role ${role}`, () => {
      assert.deepEqual(problemsOf({ ...rawCluster(), role }), [line]);
    });
  }

  /** What to change in a cluster stack that is right, and the line that this must give. */
  const refused: readonly (readonly [string, object, string])[] = [
    ["a key that does not exist", { hots: {} }, "iotef:hots: is not a key of IoTEF; remove it or mend its spelling"],
    [
      "such a key further down",
      { kafka: { heap: 1 } },
      "iotef:kafka.heap: is not a key of IoTEF; remove it or mend its spelling",
    ],
    ["a missing name", { name: undefined }, "iotef:name: is missing; it wants string"],
    ["missing SSH access", { ssh: undefined }, "iotef:ssh: is missing; it wants object"],
    ["a missing key file", { ssh: {} }, "iotef:ssh.privateKeyFile: is missing; it wants string"],
    [
      "a name with capitals",
      { name: "Edge" },
      'iotef:name: "Edge" is not a name; use lower-case letters, digits and dashes, at most 50',
    ],
    [
      "a mirror that is no address",
      { mirror: "ftp://mirror" },
      'iotef:mirror: "ftp://mirror" is not an http(s) address',
    ],
    [
      "a version with a v",
      { kubernetes: { version: "v1.36.3" } },
      'iotef:kubernetes.version: "v1.36.3" is not a version like 1.36.3',
    ],
    [
      "a subnet without a length",
      { kubernetes: { podSubnet: "10.244.0.0" } },
      'iotef:kubernetes.podSubnet: "10.244.0.0" is not a subnet; write it as 10.244.0.0/16',
    ],
    [
      "a virtual address that is none",
      { endpoint: { virtualIp: "api.edge" } },
      'iotef:endpoint.virtualIp: "api.edge" is not an IPv4 address',
    ],
  ];
  for (const [what, change, line] of refused) {
    it(`refuses ${what}`, () => {
      assert.deepEqual(problemsOf({ ...rawCluster(), ...change }), [line]);
    });
  }

  for (const [what, change, line] of [
    ["a role that hosts do not have", { role: "master" }, '"master" is not allowed; use control-plane or worker'],
    ["an address that is none", { address: "edge-m1" }, '"edge-m1" is not an IPv4 address'],
    [
      "a host key without its type",
      { hostKey: "AAAA" },
      '"AAAA" is not an SSH host key; copy the line "ssh-keyscan" prints, without the address',
    ],
  ] as const) {
    it(`refuses ${what}`, () => {
      const raw = rawCluster();
      Object.assign(raw.hosts["edge-m1"]!, change);
      assert.deepEqual(problemsOf(raw), [`iotef:hosts.edge-m1.${Object.keys(change)[0]}: ${line}`]);
    });
  }

  it("refuses a host name that DNS would not take", () => {
    const raw = rawCluster();
    raw.hosts["Edge_2"] = { address: "10.90.1.12", role: "worker" };
    assert.deepEqual(problemsOf(raw), [
      "iotef:hosts.Edge_2: is not a host name; use lower-case letters, digits and dashes",
    ]);
  });

  it("refuses a placement of no known form", () => {
    const lines = problemsOf({ ...rawFederation(), placement: { camera: "edge", compress: 3 } });
    assert.deepEqual(lines, [
      "iotef:placement.compress: 3 has none of the forms that this key may have; see schema/ and the README",
    ]);
  });

  it("reports all of them at once", () => {
    const raw = { ...rawCluster(), name: "Edge", mirror: "x", hots: 1, kubernetes: { version: "1", podSubnet: "x" } };
    assert.deepEqual(
      problemsOf(raw)
        .map((line) => line.split(": ")[0])
        .sort(),
      ["iotef:hots", "iotef:kubernetes.podSubnet", "iotef:kubernetes.version", "iotef:mirror", "iotef:name"],
    );
  });
});

describe("subnets", () => {
  it("rangeOfSubnet starts at the subnet's first address, whatever address was written", () => {
    assert.deepEqual(rangeOfSubnet("10.1.2.3/16"), rangeOfSubnet("10.1.0.0/16"));
    assert.deepEqual(rangeOfSubnet("0.0.1.0/24"), { first: 256, last: 511 });
    assert.deepEqual(rangeOfSubnet("0.0.0.0/0"), { first: 0, last: 2 ** 32 - 1 });
  });

  for (const [a, b, expected] of [
    ["10.96.0.0/12", "10.100.0.0/16", true],
    ["10.96.0.0/16", "10.97.0.0/16", false],
    ["192.168.0.0/24", "192.168.0.128/25", true],
  ] as const) {
    it(`${a} and ${b} ${expected ? "overlap" : "do not overlap"}, either way round`, () => {
      assert.equal(overlap(rangeOfSubnet(a), rangeOfSubnet(b)), expected);
      assert.equal(overlap(rangeOfSubnet(b), rangeOfSubnet(a)), expected);
    });
  }

  it("contains takes in both ends", () => {
    const range = rangeOfSubnet("200.1.2.0/30");
    const inside = ["200.1.1.255", "200.1.2.0", "200.1.2.3", "200.1.2.4"].map((address) => contains(range, address));
    assert.deepEqual(inside, [false, true, true, false]);
  });
});

describe("parseKnownHosts", () => {
  it("keeps the best key of each address and passes over what it cannot use", () => {
    const text = [
      "# comment",
      "10.0.0.1 ssh-rsa RSA",
      "10.0.0.1,edge-m1 ssh-ed25519 ED comment",
      "10.0.0.1 ecdsa-sha2-nistp256 EC",
      "[10.0.0.2]:2222 ssh-rsa RSA2",
      "|1|hash|hash ssh-ed25519 HASHED",
      "@revoked 10.0.0.3 ssh-ed25519 REVOKED",
      "10.0.0.4 ssh-dss DSA",
      "",
    ].join("\n");
    assert.deepEqual(Object.fromEntries(parseKnownHosts(text)), {
      "10.0.0.1": "ssh-ed25519 ED",
      "edge-m1": "ssh-ed25519 ED",
      "[10.0.0.2]:2222": "ssh-rsa RSA2",
    });
  });
});
