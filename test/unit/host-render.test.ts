import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { mirrored, renderPrepareHost, type PrepareHostSettings } from "../../components/host/renderPrepareHost";
import { quote } from "../../components/host/shell";
import { parseKnownHosts } from "../../core/config/knownHosts";
import { hostRecord } from "../support/hostRecord";

const settings: PrepareHostSettings = {
  record: hostRecord("edge-m1", "10.0.0.1"),
  role: "control-plane",
  hostsBlock: "127.0.0.1 api.edge.iotef",
  virtualIp: true,
  restrictOomScoreAdj: false,
  statsPeriodSeconds: 10,
};

describe("quote", () => {
  for (const text of ["plain", "with 'quotes' inside", 'and "double" $HOME `id` \\ ', "two\nlines", ""]) {
    it(`comes back from bash as it was: ${JSON.stringify(text)}`, () => {
      assert.equal(execFileSync("bash", ["-c", `printf %s ${quote(text)}`], { encoding: "utf8" }), text);
    });
  }
});

describe("mirrored", () => {
  it("keeps upstream addresses without a mirror", () =>
    assert.equal(mirrored("https://dl.k8s.io/x", undefined), "https://dl.k8s.io/x"));
  it("puts the mirror before the upstream host", () => {
    assert.equal(mirrored("https://dl.k8s.io/x", "http://10.90.0.10:8080/"), "http://10.90.0.10:8080/dl.k8s.io/x");
  });
});

describe("renderPrepareHost", () => {
  it("is valid bash", () => {
    execFileSync("bash", ["-n"], { input: renderPrepareHost(settings) });
  });
  it("knows both architectures", () => {
    const script = renderPrepareHost(settings);
    assert.match(script, /linux\/amd64\/kubelet/);
    assert.match(script, /linux\/arm64\/kubelet/);
  });
  it("limits the processors of the kubelet and containerd where it is told to, and only there", () => {
    const limits = (goMaxProcs?: number) =>
      renderPrepareHost({ ...settings, goMaxProcs }).match(/^Environment=GOMAXPROCS=.*$/gm) ?? [];
    const line = "Environment=GOMAXPROCS=1";
    assert.deepEqual([...limits(1)], [line, line]);
    assert.deepEqual([...limits()], []);
  });
  it("brings etcd's tools to control planes only", () => {
    assert.match(renderPrepareHost(settings), /ETCD_URL='.*linux-arm64/);
    assert.doesNotMatch(renderPrepareHost({ ...settings, role: "worker" }), /ETCD_URL=/);
  });
  it("installs keepalived only where a virtual address is held", () => {
    assert.match(renderPrepareHost(settings), /keepalived/);
    assert.doesNotMatch(renderPrepareHost({ ...settings, virtualIp: false }), /PACKAGES=.*keepalived/);
  });
});

describe("parseKnownHosts", () => {
  it("prefers ed25519 and passes over comments, markers and hashed names", () => {
    const keys = parseKnownHosts(
      [
        "# comment",
        "10.0.0.1 ssh-rsa RSA",
        "10.0.0.1,[10.0.0.1]:2222 ssh-ed25519 ED",
        "@revoked 10.0.0.2 ssh-ed25519 NO",
        "|1|abc ssh-ed25519 NO",
      ].join("\n"),
    );
    assert.deepEqual(Object.fromEntries(keys), { "10.0.0.1": "ssh-ed25519 ED", "[10.0.0.1]:2222": "ssh-ed25519 ED" });
  });
});
