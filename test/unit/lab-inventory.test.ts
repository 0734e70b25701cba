import assert from "node:assert/strict";
import { assertInventory, findInventoryProblems } from "../../lab/checkInventory";
import { contains, hostNamed, hostsNamed, hostsOf, parseCidr, type Inventory } from "../../lab/inventory";
import { LabError } from "../../lab/labError";

const good: Inventory = {
  session: "iotef",
  folder: "/srv/lab",
  range: "10.90.0.0/16",
  sites: [
    {
      name: "edge",
      gateway: "10.90.1.1/24",
      virtualIp: "10.90.1.10",
      hosts: [
        { name: "edge-m1", address: "10.90.1.11" },
        { name: "edge-w1", address: "10.90.1.21" },
      ],
    },
    { name: "cloud", gateway: "10.90.2.1/24", hosts: [{ name: "cloud-m1", address: "10.90.2.11" }] },
  ],
  ssh: { privateKeyFile: "/srv/lab/ssh/id_ed25519", knownHostsFile: "/srv/lab/ssh/known_hosts" },
};

function withEdge(change: Partial<Inventory["sites"][number]>): Inventory {
  return { ...good, sites: [{ ...good.sites[0]!, ...change }, ...good.sites.slice(1)] };
}

describe("findInventoryProblems", () => {
  it("has nothing to say about the reference rack", () => {
    assert.deepEqual(findInventoryProblems(good), []);
  });

  const cases: [string, Inventory, RegExp][] = [
    ["a session that would take another's namespaces", { ...good, session: "iotef-2" }, /session: "iotef-2"/],
    ["a relative folder", { ...good, folder: ".lab" }, /folder: "\.lab": give an absolute path/],
    ["a range that is too small", { ...good, range: "10.90.0.0/28" }, /range: "10\.90\.0\.0\/28"/],
    ["no host", { ...good, sites: [] }, /no host at all/],
    ["a gateway without prefix", withEdge({ gateway: "10.90.1.1" }), /sites\.edge\.gateway: "10\.90\.1\.1"/],
    ["a site outside the range", withEdge({ gateway: "10.91.1.1/24" }), /outside the lab's range 10\.90\.0\.0\/16/],
    ["a site in the lab's own block", withEdge({ gateway: "10.90.0.1/24" }), /is the machine's and the mirror's/],
    ["sites that overlap", withEdge({ gateway: "10.90.2.129/25" }), /sites edge and cloud: .* overlap/],
    [
      "a host outside its site",
      withEdge({ hosts: [{ name: "edge-m1", address: "10.90.2.12" }] }),
      /hosts\.edge-m1\.address: 10\.90\.2\.12/,
    ],
    [
      "a virtual address outside its site",
      withEdge({ virtualIp: "10.90.2.10" }),
      /sites\.edge\.virtualIp: 10\.90\.2\.10/,
    ],
    [
      "a virtual address that is a host's",
      withEdge({ virtualIp: "10.90.1.11" }),
      /address 10\.90\.1\.11 is used twice/,
    ],
    [
      "a host named as its site",
      withEdge({ hosts: [{ name: "edge", address: "10.90.1.11" }] }),
      /"edge" is used twice/,
    ],
    [
      "a host named as a router device",
      withEdge({ hosts: [{ name: "uplink", address: "10.90.1.11" }] }),
      /"uplink" is a name of the lab's router/,
    ],
    [
      "a name too long for a device",
      withEdge({ hosts: [{ name: "edge-worker-number-1", address: "10.90.1.11" }] }),
      /"edge-worker-number-1": use 1 to 15/,
    ],
  ];
  for (const [name, inventory, expected] of cases) {
    it(`refuses ${name}`, () => {
      assert.match(findInventoryProblems(inventory).join("\n"), expected);
    });
  }
});

describe("assertInventory", () => {
  it("throws every problem at once", () => {
    const bad = { ...good, session: "X", folder: "here" };
    assert.throws(
      () => assertInventory(bad),
      (error: unknown) => {
        assert.ok(error instanceof LabError);
        assert.match(error.message, /2 problem\(s\)/);
        return true;
      },
    );
  });
});

describe("inventory", () => {
  it("lists hosts with their site, in order", () => {
    assert.deepEqual(
      hostsOf(good).map(({ name, site }) => `${site}/${name}`),
      ["edge/edge-m1", "edge/edge-w1", "cloud/cloud-m1"],
    );
  });

  it("names the hosts there are when one is unknown", () => {
    assert.throws(
      () => hostNamed(good, "edge-m9"),
      /"edge-m9" is not a host of the lab; use edge-m1, edge-w1, cloud-m1/,
    );
  });

  it("names all that are unknown, and takes a host that is named twice once", () => {
    assert.throws(
      () => hostsNamed(good, ["edge-m9", "edge-m1", "x"]),
      /"edge-m9", "x" are not hosts of the lab; use edge-m1/,
    );
    assert.deepEqual(
      hostsNamed(good, ["cloud-m1", "edge-m1", "cloud-m1"]).map(({ name }) => name),
      ["edge-m1", "cloud-m1"],
    );
  });

  it("parses addresses with a prefix and nothing else", () => {
    assert.deepEqual(parseCidr("10.90.1.1/24"), { address: "10.90.1.1", prefix: 24 });
    for (const text of ["10.90.1.1", "10.90.1/24", "10.90.1.1/33", "10.90.1.1/24/1", "::1/64", ""]) {
      assert.equal(parseCidr(text), undefined, text);
    }
  });

  it("knows what lies in a network", () => {
    assert.equal(contains("10.90.1.1/24", "10.90.1.255"), true);
    assert.equal(contains("10.90.1.1/24", "10.90.2.1"), false);
    assert.equal(contains("nonsense", "10.90.2.1"), false);
  });
});
