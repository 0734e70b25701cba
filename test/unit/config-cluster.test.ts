import { strict as assert } from "node:assert";
import { problemsOf, rawCluster } from "../support/stackConfig";

function hosts(...roles: string[]): Record<string, { address: string; role: string }> {
  return Object.fromEntries(roles.map((role, n) => [`edge-${n}`, { address: `10.90.1.${n + 1}`, role }]));
}

describe("validateCluster", () => {
  for (const controlPlanes of [1, 3, 5]) {
    it(`takes ${controlPlanes} control planes, with and without workers`, () => {
      const roles = Array.from({ length: controlPlanes }, () => "control-plane");
      assert.deepEqual(problemsOf({ ...rawCluster(), hosts: hosts(...roles) }), []);
      assert.deepEqual(problemsOf({ ...rawCluster(), hosts: hosts(...roles, "worker") }), []);
    });
  }

  for (const controlPlanes of [2, 4]) {
    it(`refuses ${controlPlanes} control planes`, () => {
      const roles = Array.from({ length: controlPlanes }, () => "control-plane");
      assert.deepEqual(problemsOf({ ...rawCluster(), hosts: hosts(...roles, "worker") }), [
        `iotef:hosts: ${controlPlanes} hosts have the role control-plane; use an odd number, because an even one survives no more failures than one fewer`,
      ]);
    });
  }

  it("refuses a rack without a control plane", () => {
    assert.deepEqual(problemsOf({ ...rawCluster(), hosts: hosts("worker") }), [
      "iotef:hosts: no host has the role control-plane; give it to 1, 3 or 5 hosts",
    ]);
  });

  it("refuses an address that two hosts have, and names the other", () => {
    const raw = rawCluster();
    raw.hosts["edge-w1"]!["address"] = "10.90.1.11";
    assert.deepEqual(problemsOf(raw), [
      'iotef:hosts.edge-w1.address: "10.90.1.11" is the address of edge-m1 too; give every host its own',
    ]);
  });

  it("refuses a rack that nobody could reach from outside", () => {
    const raw = rawCluster();
    for (const host of Object.values(raw.hosts)) host["apiEntry"] = false;
    assert.deepEqual(problemsOf(raw), [
      "iotef:hosts: every host has apiEntry: false, so nobody could reach the API from outside; set it on at least one",
    ]);
  });

  it("wants snapshots at sensible intervals, and at least one kept", () => {
    assert.deepEqual(
      problemsOf({ ...rawCluster(), backup: { intervalHours: 0, keep: 0 } }).map((line) => line.split(":")[1]),
      ["backup.intervalHours", "backup.keep"],
    );
  });

  it("refuses subnets that overlap", () => {
    assert.deepEqual(problemsOf({ ...rawCluster(), kubernetes: { podSubnet: "10.96.0.0/12" } }), [
      'iotef:kubernetes.serviceSubnet: "10.96.0.0/16" overlaps iotef:kubernetes.podSubnet 10.96.0.0/12; choose another',
    ]);
  });

  for (const key of ["podSubnet", "serviceSubnet"]) {
    it(`refuses a host within the ${key}`, () => {
      assert.deepEqual(problemsOf({ ...rawCluster(), kubernetes: { [key]: "10.90.1.16/28" } }), [
        `iotef:hosts.edge-w1.address: "10.90.1.21" lies in iotef:kubernetes.${key} 10.90.1.16/28; choose another subnet`,
      ]);
    });
  }

  it("refuses a virtual address that is a host's", () => {
    assert.deepEqual(problemsOf({ ...rawCluster(), endpoint: { virtualIp: "10.90.1.21" } }), [
      'iotef:endpoint.virtualIp: "10.90.1.21" is the address of edge-w1; choose a free one',
    ]);
  });

  it("reports all of them at once", () => {
    const lines = problemsOf({
      ...rawCluster(),
      hosts: { ...hosts("control-plane", "control-plane"), last: { address: "10.90.1.1", role: "worker" } },
      kubernetes: { podSubnet: "10.96.0.0/12" },
      endpoint: { virtualIp: "10.90.1.2" },
    });
    assert.deepEqual(
      lines.map((line) => line.split(": ")[0]),
      ["iotef:hosts", "iotef:hosts.last.address", "iotef:kubernetes.serviceSubnet", "iotef:endpoint.virtualIp"],
    );
  });

  it("takes broker ids, and hosts without a broker", () => {
    const raw = rawCluster();
    raw.hosts["edge-m1"]!["broker"] = 1;
    assert.deepEqual(problemsOf(raw), []);
    raw.hosts["edge-m1"]!["broker"] = "none";
    assert.deepEqual(problemsOf(raw), []);
    raw.hosts["edge-w1"]!["broker"] = "none";
    assert.deepEqual(problemsOf(raw), ["iotef:hosts: every host has broker: none; leave it out on 3 or 5 hosts"]);
  });

  it("refuses a broker id that two hosts have, and one that leaves a gap", () => {
    const raw = rawCluster();
    Object.assign(raw.hosts["edge-m1"]!, { broker: 0 });
    Object.assign(raw.hosts["edge-w1"]!, { broker: 0 });
    assert.deepEqual(problemsOf(raw), [
      "iotef:hosts.edge-w1.broker: 0 is the broker of edge-m1 too; give each host an id of its own",
    ]);
    Object.assign(raw.hosts["edge-w1"]!, { broker: 2 });
    assert.match(problemsOf(raw)[0]!, /^iotef:hosts\.edge-w1\.broker: 2 leaves a gap: 2 hosts have brokers/);
  });
});
