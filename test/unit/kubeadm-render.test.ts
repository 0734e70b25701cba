import { strict as assert } from "node:assert";
import { parse, stringify } from "yaml";
import { renderInitConfig, renderJoinConfig, type KubeadmSettings } from "../../components/kubeadm/renderKubeadmConfig";
import { renderKubeconfig } from "../../components/kubeadm/renderKubeconfig";
import { assertGolden } from "../support/golden";

const settings: KubeadmSettings = {
  cluster: "edge",
  kubernetesVersion: "1.36.3",
  podSubnet: "10.244.0.0/16",
  serviceSubnet: "10.96.0.0/16",
  endpoint: "api.edge.iotef:8443",
  certificateNames: ["api.edge.iotef", "127.0.0.1", "10.90.1.10"],
  allowCgroupV1: false,
  restrictOomScoreAdj: false,
  keepConntrackLimits: false,
  systemReservedMemoryMiB: 0,
  evictBelowFreeDiskPercent: 10,
};
const host = { name: "edge-m1", address: "10.90.1.11" };

describe("renderInitConfig", () => {
  it("is strict by default", () => assertGolden("kubeadm/1.36.3-init.yaml", renderInitConfig(settings, host)));

  it("gives way where the hosts are containers", () => {
    const lab = {
      ...settings,
      allowCgroupV1: true,
      restrictOomScoreAdj: true,
      keepConntrackLimits: true,
      goMaxProcs: 1,
      systemReservedMemoryMiB: 20480,
    };
    assertGolden("kubeadm/1.36.3-init-lab.yaml", renderInitConfig(lab, host));
  });
});

describe("renderJoinConfig", () => {
  it("has placeholders in place of every secret", () => {
    assertGolden("kubeadm/1.36.3-join-control-plane.yaml", renderJoinConfig(settings, host, "control-plane"));
  });

  it("gives a worker no certificate key", () => {
    assert.doesNotMatch(renderJoinConfig(settings, host, "worker"), /CERTIFICATE_KEY|localAPIEndpoint/);
  });
});

describe("renderKubeconfig", () => {
  const adminConf = stringify({
    clusters: [{ name: "x", cluster: { server: "https://api.edge.iotef:8443", "certificate-authority-data": "Q0E=" } }],
    users: [{ name: "y", user: { "client-certificate-data": "Q0VSVA==", "client-key-data": "S0VZ" } }],
  });

  it("goes to the entry's address and is checked against the endpoint's name", () => {
    const config = parse(renderKubeconfig(adminConf, "edge", "https://10.90.1.10:8443", "api.edge.iotef"));
    assert.deepEqual(config.clusters[0].cluster, {
      server: "https://10.90.1.10:8443",
      "tls-server-name": "api.edge.iotef",
      "certificate-authority-data": "Q0E=",
    });
    assert.equal(config["current-context"], "edge");
    assert.equal(config.users[0].user["client-key-data"], "S0VZ");
  });
});
