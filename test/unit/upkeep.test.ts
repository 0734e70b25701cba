import { strict as assert } from "node:assert";
import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { certificateExpiry, quarterOf } from "../../components/kubeadm/certificateExpiry";
import { removeUpkeep, renderUpkeep } from "../../components/kubeadm/renderUpkeep";
import { hostKeyOf, knownHostsLine } from "../../core/config/knownHosts";

const folder = join(__dirname, "..", "..", "components", "kubeadm", "upkeep");

describe("renderUpkeep", () => {
  const script = renderUpkeep({ intervalHours: 6, keep: 4, position: 0 });

  it("is valid bash, and so is everything that it installs", () => {
    for (const text of [
      script,
      removeUpkeep,
      ...readdirSync(folder).map((file) => readFileSync(join(folder, file), "utf8")),
    ])
      execFileSync("bash", ["-n"], { input: text });
  });

  it("has the interval and the number of snapshots from the configuration", () => {
    assert.match(script, /OnUnitActiveSec=6h/);
    assert.match(script, /Environment=KEEP=4\n/);
  });

  it("lets control planes renew their certificates on different days", () => {
    const days = [0, 1, 2].map((position) => {
      const text = renderUpkeep({ intervalHours: 6, keep: 4, position });
      return Number(/Environment=BEFORE_DAYS=(\d+)/.exec(text)?.[1]);
    });
    assert.equal(new Set(days).size, 3);
    assert.ok(Math.min(...days) > 92, "a kubeconfig that is read once a quarter must outlast it");
  });
});

describe("the expiry of certificates", () => {
  it("is read from the kubeconfig's authority and client certificate", () => {
    const make = (days: number): string =>
      execFileSync(
        "openssl",
        [
          ..."req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -subj /CN=x -keyout /dev/null -days".split(
            " ",
          ),
          String(days),
        ],
        { stdio: ["ignore", "pipe", "ignore"] },
      ).toString("base64");
    const kubeconfig = JSON.stringify({
      clusters: [{ cluster: { "certificate-authority-data": make(3650) } }],
      users: [{ user: { "client-certificate-data": make(365) } }],
    });
    const { authority, kubeconfig: client } = certificateExpiry(kubeconfig);
    const days = (Date.parse(authority) - Date.parse(client)) / 86_400_000;
    assert.equal(Math.round(days), 3650 - 365);
  });

  it("is looked at again in another quarter only", () => {
    assert.equal(quarterOf(new Date("2026-12-31T23:59:59Z")), "2026-Q4");
    assert.equal(quarterOf(new Date("2027-01-01T00:00:00Z")), "2027-Q1");
  });
});

describe("hostKeyOf", () => {
  const keys = new Map([
    ["10.0.0.1", "ssh-ed25519 A"],
    ["[10.0.0.1]:2222", "ssh-ed25519 B"],
  ]);
  it("prefers the host's own key, then the file's for its port", () => {
    assert.equal(hostKeyOf({ address: "10.0.0.1", hostKey: "ssh-ed25519 C" }, 22, keys), "ssh-ed25519 C");
    assert.equal(hostKeyOf({ address: "10.0.0.1" }, 22, keys), "ssh-ed25519 A");
    assert.equal(hostKeyOf({ address: "10.0.0.1" }, 2222, keys), "ssh-ed25519 B");
    assert.equal(hostKeyOf({ address: "10.0.0.2" }, 22, keys), undefined);
  });
  it("comes back as a line of the same file", () => {
    assert.equal(
      knownHostsLine({ address: "10.0.0.1", port: 2222, hostKey: "ssh-ed25519 B" }),
      "[10.0.0.1]:2222 ssh-ed25519 B",
    );
  });
});
