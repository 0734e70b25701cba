import assert from "node:assert/strict";
import { macOf, mirrorUrl, planNetwork } from "../../lab/network/planNetwork";
import { endsOfCut, planCut, renderDrop } from "../../lab/network/renderFaults";
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
  it("cuts two sites at the router, in both directions", () => {
    const cut = planCut(plan, "edge", "cloud");
    assert.equal(cut.family, "inet");
    assert.match(cut.rules, /iifname "edge" oifname "cloud" drop/);
    assert.match(cut.rules, /iifname "cloud" oifname "edge" drop/);
  });

  it("cuts two hosts of one site on its bridge", () => {
    const cut = planCut(plan, "edge-m1", "edge-m2");
    assert.equal(cut.family, "bridge");
    assert.match(cut.rules, /iifname "edge-m1" oifname "edge-m2" drop/);
  });

  it("cuts a host from another site by its address", () => {
    const cut = planCut(plan, "cloud", "edge-m1");
    assert.equal(cut.family, "inet");
    assert.match(cut.rules, /iifname "cloud" ip daddr 10\.90\.1\.11 drop/);
    assert.match(cut.rules, /ip saddr 10\.90\.1\.11 oifname "cloud" drop/);
  });

  it("cuts the operator off at the uplink", () => {
    assert.match(planCut(plan, "machine", "edge").rules, /iifname "uplink" oifname "edge" drop/);
  });

  it("is the same cut whichever end comes first, and its name tells the ends", () => {
    assert.deepEqual(planCut(plan, "edge-m1", "cloud"), planCut(plan, "cloud", "edge-m1"));
    assert.deepEqual(endsOfCut(planCut(plan, "edge-m1", "cloud").table), ["cloud", "edge-m1"]);
    assert.equal(endsOfCut("kube-proxy"), undefined);
  });

  it("refuses an unknown end and one end twice", () => {
    assert.throws(() => planCut(plan, "edge", "clod"), /"clod" is no end of a link; use one of edge, cloud, edge-m1/);
    assert.throws(() => planCut(plan, "edge", "edge"), /name two ends/);
  });
});

describe("renderDrop", () => {
  it("drops before any rule of the host is asked", () => {
    assert.match(renderDrop(), /hook input priority -400; policy drop;/);
  });
});
