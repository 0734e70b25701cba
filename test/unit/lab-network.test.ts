import assert from "node:assert/strict";
import { macOf, mirrorUrl, planNetwork } from "../../lab/network/planNetwork";
import { countDrops } from "../../lab/network/inputDrop";
import { directionOfCut, planCut } from "../../lab/network/planCut";
import { delayOf, millisecondsIn, planDelay } from "../../lab/network/planDelay";
import {
  renderHostInterface,
  renderMachineEnd,
  renderPort,
  renderRouter,
  renderRouterEnd,
} from "../../lab/network/renderNetwork";

const plan = planNetwork({
  session: "iotef",
  range: "10.90.0.0/16",
  sites: [
    {
      name: "edge",
      gateway: "10.90.1.1/24",
      hosts: [
        { name: "edge-m1", address: "10.90.1.11" },
        { name: "edge-m2", address: "10.90.1.12" },
      ],
    },
    { name: "cloud", gateway: "10.90.2.1/24", hosts: [{ name: "cloud-m1", address: "10.90.2.11" }] },
  ],
});
const edgeM1 = plan.ports[0]!;

describe("planNetwork", () => {
  it("takes the lab's own addresses from the start of the range", () => {
    assert.equal(plan.uplink.machineAddress, "10.90.0.1");
    assert.equal(plan.uplink.routerAddress, "10.90.0.2");
    assert.equal(mirrorUrl(plan), "http://10.90.0.10:8080");
  });

  it("gives every host a namespace, a port and its site's gateway", () => {
    assert.deepEqual(edgeM1, {
      host: "edge-m1",
      site: "edge",
      namespace: "iotef-edge-m1",
      port: "edge-m1",
      mac: "02:00:0a:5a:01:0b",
      address: "10.90.1.11",
      prefix: 24,
      gateway: "10.90.1.1",
    });
  });

  it("gives each address a hardware address of its own", () => {
    assert.equal(macOf("10.90.2.11"), "02:00:0a:5a:02:0b");
  });
});

describe("renderRouter", () => {
  it("makes the bridges that are missing and leaves the others", () => {
    const text = renderRouter(plan, new Set(["lo", "edge"]));
    assert.doesNotMatch(text, /link add edge /);
    assert.match(text, /^link add cloud type bridge$/m);
    assert.match(text, /^address replace 10\.90\.1\.1\/24 dev edge$/m);
    assert.match(text, /^address replace 10\.90\.0\.10\/32 dev lo$/m);
  });
});

describe("renderMachineEnd, renderRouterEnd, renderPort, renderHostInterface", () => {
  it("join the machine, the router and a host", () => {
    assert.match(renderMachineEnd(plan, false), /^link add iotef0 type veth peer name uplink netns iotef$/m);
    assert.match(renderRouterEnd(plan), /^address replace 10\.90\.0\.2\/30 dev uplink$/m);
    assert.match(
      renderPort(edgeM1),
      /^link add edge-m1 type veth peer name eth0 address 02:00:0a:5a:01:0b netns iotef-edge-m1$/m,
    );
    assert.match(renderPort(edgeM1), /^link set edge-m1 master edge up$/m);
    assert.match(renderHostInterface(edgeM1), /^route add default via 10\.90\.1\.1$/m);
  });
});

describe("renderMachineEnd", () => {
  it("finishes a link that an interrupted start left half-made", () => {
    const text = renderMachineEnd(plan, true);
    assert.doesNotMatch(text, /link add/);
    assert.match(text, /^address replace 10\.90\.0\.1\/30 dev iotef0$/m);
  });
});

describe("planCut", () => {
  const rules = (from: string, to: string) => planCut(plan, { from, to }).rules;

  it("cuts one direction between two sites at the router, whichever device leads there", () => {
    assert.equal(planCut(plan, { from: "edge", to: "cloud" }).family, "inet");
    assert.match(rules("edge", "cloud"), /^ +iifname "edge" ip daddr 10\.90\.2\.1\/24 drop$/m);
    assert.doesNotMatch(rules("edge", "cloud"), /iifname "cloud"/);
    assert.match(rules("cloud", "edge"), /^ +iifname "cloud" ip daddr 10\.90\.1\.1\/24 drop$/m);
  });

  it("cuts two hosts of one site on its bridge", () => {
    assert.equal(planCut(plan, { from: "edge-m1", to: "edge-m2" }).family, "bridge");
    assert.match(rules("edge-m1", "edge-m2"), /iifname "edge-m1" oifname "edge-m2" drop/);
  });

  it("cuts a host from another site by its address", () => {
    assert.match(rules("cloud", "edge-m1"), /iifname "cloud" ip daddr 10\.90\.1\.11 drop/);
    assert.match(rules("edge-m1", "cloud"), /ip saddr 10\.90\.1\.11 ip daddr 10\.90\.2\.1\/24 drop/);
  });

  it("cuts the operator off at the uplink", () => {
    assert.match(rules("machine", "edge"), /iifname "uplink" ip daddr 10\.90\.1\.1\/24 drop/);
    assert.match(rules("edge", "machine"), /iifname "edge" oifname "uplink" drop/);
  });

  it("names the direction in its table", () => {
    const direction = { from: "edge-m1", to: "cloud" };
    assert.deepEqual(directionOfCut(planCut(plan, direction).table), direction);
    assert.equal(directionOfCut("kube-proxy"), undefined);
  });

  it("refuses an unknown end and one end twice", () => {
    assert.throws(() => rules("edge", "clod"), /"clod" is no end of a link; use one of edge, cloud, edge-m1/);
    assert.throws(() => rules("edge", "edge"), /name two ends/);
  });
});

describe("planDelay", () => {
  const delay = { from: "edge", to: "cloud", milliseconds: 80 };

  it("routes one direction into a device of its own", () => {
    const there = planDelay(plan, delay);
    const back = planDelay(plan, { ...delay, from: "cloud", to: "edge" });
    assert.match(there.route, /^rule add pref 1001 iif edge to 10\.90\.2\.1\/24 lookup 1001$/m);
    assert.match(there.route, /^route add default dev delay_0_1 table 1001$/m);
    assert.notEqual(back.device, there.device);
    assert.notEqual(back.table, there.table);
  });

  it("is read again from its device", () => {
    const { device, alias } = planDelay(plan, delay);
    assert.deepEqual(delayOf({ ifname: device, ifalias: alias }), delay);
    assert.equal(delayOf({ ifname: "edge-m1" }), undefined);
    assert.equal(delayOf({ ifname: device }), undefined);
  });

  it("refuses what is no site and no time", () => {
    assert.throws(() => planDelay(plan, { ...delay, to: "cloud-m1" }), /"cloud-m1" is no site.*use one of edge, cloud/);
    assert.throws(() => planDelay(plan, { ...delay, to: "edge" }), /name two ends/);
    for (const milliseconds of [0, 0.5, NaN, 10_001])
      assert.throws(() => planDelay(plan, { ...delay, milliseconds }), /give a whole number from 1 to 10000/);
    assert.throws(() => millisecondsIn("soon"), /a delay of "soon" ms: give a whole number/);
    assert.equal(millisecondsIn("80"), 80);
  });
});

describe("countDrops", () => {
  it("counts the reference's rule and no other", () => {
    const rules = ["-P INPUT ACCEPT", "-A INPUT -j KUBE-FIREWALL", "-A INPUT -s 10.0.0.1/32 -j DROP"];
    assert.equal(countDrops(rules.join("\n")), 0);
    assert.equal(countDrops([...rules, "-A INPUT -j DROP", "-A INPUT -j DROP"].join("\n")), 2);
  });
});
