import assert from "node:assert/strict";
import { renderStatus } from "../../lab/commands/status";
import { directionsOf, endsOfLink } from "../../lab/faults";
import { freezeHost } from "../../lab/faults/freezeHost";
import { nameFaults } from "../../lab/faults/nameFaults";
import { hardLimit } from "../../lab/hosts/createHost";
import { parseHostState } from "../../lab/hosts/hostState";
import { inParallel } from "../../lab/hosts/inParallel";
import { sshArguments } from "../../lab/hosts/runOnHost";
import type { Podman } from "../../lab/hosts/podman";
import { renderSeed } from "../../lab/hosts/seed";
import { planPaths } from "../../lab/machine/paths";
import { isEnough } from "../../lab/machine/tuneKernel";
import { mountsBelow, unmountBelow } from "../../lab/machine/unmountBelow";
import { renderNginxConfig, renderRegistryConfig } from "../../lab/mirror/renderMirror";
import type { RackContext } from "../../lab/rackContext";

describe("renderSeed", () => {
  const seed = renderSeed({
    port: { host: "edge-m1", address: "10.90.1.11", gateway: "10.90.1.1" },
    machineId: "0123456789abcdef0123456789abcdef",
    authorizedKeys: "ssh-ed25519 AAAA operator\n",
    hostKey: { private: "PRIVATE", public: "ssh-ed25519 BBBB edge-m1\n" },
  });
  const fileAt = (path: string) => seed.find((file) => file.path === path);

  it("fixes the machine-id before the first boot", () => {
    assert.equal(fileAt("etc/machine-id")?.content, "0123456789abcdef0123456789abcdef\n");
  });

  it("names a nameserver and the host itself", () => {
    assert.equal(fileAt("etc/resolv.conf")?.content, "nameserver 10.90.1.1\n");
    assert.match(fileAt("etc/hosts")?.content ?? "", /^10\.90\.1\.11 edge-m1$/m);
  });

  it("keeps the keys from other users", () => {
    assert.equal(fileAt("etc/ssh/ssh_host_ed25519_key")?.mode, 0o600);
    assert.equal(fileAt("root/.ssh/authorized_keys")?.mode, 0o600);
  });
});

describe("freezeHost", () => {
  it("goes on where the runtime gave up, as it does on cores that are all taken", async () => {
    const said: string[] = [];
    let tries = 0;
    const host = { Id: "abc", Names: ["iotef-edge-m1"], State: "running", Pid: 42, ExitCode: 0 };
    const podman: Podman = async (command) => {
      if (command === "ps") return JSON.stringify([host]);
      if (++tries < 3) throw new Error("unable to freeze");
      return "";
    };
    const inventory = { session: "iotef", sites: [{ hosts: [{ name: "edge-m1" }] }] };
    await freezeHost(
      { inventory, podman, log: (line: string) => said.push(line) } as unknown as RackContext,
      "edge-m1",
    );
    assert.equal(tries, 3);
    assert.deepEqual(said, ["edge-m1 is frozen"]);
  });
});

describe("parseHostState", () => {
  const entry = { Id: "abc", Pid: 42, ExitCode: 0 };
  it("tells what a host is doing from podman's words", () => {
    assert.deepEqual(parseHostState({ ...entry, State: "running" }), { power: "on", pid: 42, id: "abc" });
    assert.deepEqual(parseHostState({ ...entry, State: "paused" }), { power: "frozen", pid: 42, id: "abc" });
    for (const State of ["created", "stopped", "configured"]) {
      assert.deepEqual(parseHostState({ ...entry, State }), { power: "off", id: "abc" });
    }
  });

  it("tells a power cut from a clean shutdown", () => {
    const ended = (ExitCode: number) => parseHostState({ ...entry, State: "exited", ExitCode });
    assert.deepEqual(ended(137), { power: "off", ended: "cut", id: "abc" });
    assert.deepEqual(ended(130), { power: "off", ended: "shut down", id: "abc" });
  });
});

describe("hardLimit", () => {
  const limits =
    "Max processes             100                  96365                processes \nMax open files            1024                 unlimited            files     \n";
  it("reads the second number, and nothing where there is no limit", () => {
    assert.equal(hardLimit(limits, "Max processes"), "96365");
    assert.equal(hardLimit(limits, "Max open files"), undefined);
  });
});

describe("inParallel", () => {
  it("never does more at once than allowed, and tries all", async () => {
    let now = 0;
    let most = 0;
    const done: number[] = [];
    await inParallel([1, 2, 3, 4, 5], 2, String, async (item) => {
      most = Math.max(most, ++now);
      await new Promise(setImmediate);
      now--;
      done.push(item);
    });
    assert.equal(most, 2);
    assert.deepEqual(done.sort(), [1, 2, 3, 4, 5]);
  });

  it("counts the failures and names each", async () => {
    const work = (item: string) => (item === "b" ? Promise.resolve() : Promise.reject(new Error(`no ${item}`)));
    await assert.rejects(
      inParallel(["a", "b", "c"], 2, (item) => `host-${item}`, work),
      /2 of 3 hosts failed:\n {2}- host-a: no a\n {2}- host-c: no c/,
    );
  });
});

describe("mountsBelow", () => {
  it("lists mounts of a folder, the latest first, and of no other", () => {
    const mounts = [
      "overlay /srv/lab/podman/overlay/x/merged overlay rw 0 0",
      "tmpfs /srv/lab/podman/overlay/x/merged/dev\\040shm tmpfs rw 0 0",
      "tmpfs /srv/lab2/x tmpfs rw 0 0",
      "",
    ].join("\n");
    assert.deepEqual(mountsBelow("/srv/lab", mounts), [
      "/srv/lab/podman/overlay/x/merged/dev shm",
      "/srv/lab/podman/overlay/x/merged",
    ]);
  });
});

describe("unmountBelow", () => {
  it("takes a mount that is gone meanwhile for unmounted, and none that stays", async () => {
    const listed = "overlay /srv/no-lab/merged overlay rw 0 0\n";
    const [gone, staying] = [
      [listed, ""],
      [listed, listed],
    ].map((texts) => () => texts.shift()!);
    await unmountBelow("/srv/no-lab", gone);
    await assert.rejects(unmountBelow("/srv/no-lab", staying), /umount --lazy \/srv\/no-lab\/merged/);
  });
});

describe("isEnough", () => {
  it("leaves a higher limit, and insists on an exact value", () => {
    assert.equal(isEnough({ name: "a", value: 8192, atLeast: true }, 9000), true);
    assert.equal(isEnough({ name: "a", value: 8192, atLeast: true }, 128), false);
    assert.equal(isEnough({ name: "b", value: 1, atLeast: false }, 2), false);
  });
});

describe("planPaths", () => {
  it("keeps run state apart for each session and all else in the lab's folder", () => {
    const paths = planPaths({ folder: "/srv/lab", session: "iotef" });
    assert.equal(paths.state, "/run/iotef/iotef");
    assert.ok(
      Object.entries(paths).every(([, path]) => path.startsWith("/srv/lab") || path.startsWith("/run/iotef/iotef")),
    );
  });
});

describe("sshArguments", () => {
  it("uses the lab's key and known_hosts and nobody's configuration", () => {
    const args = sshArguments({ ssh: { privateKeyFile: "/k", knownHostsFile: "/h" } }, "10.90.1.11").join(" ");
    assert.match(args, /^-F none -i \/k /);
    assert.match(args, /UserKnownHostsFile=\/h/);
    assert.doesNotMatch(args, /StrictHostKeyChecking/);
    assert.match(args, /root@10\.90\.1\.11$/);
  });
});

describe("mirror configuration", () => {
  it("serves files and hands /v2/ to a registry that only the router reaches", () => {
    const nginx = renderNginxConfig("10.90.0.10", 8080);
    assert.match(nginx, /listen 10\.90\.0\.10:8080;/);
    assert.match(nginx, /location \/v2\/ \{\s+proxy_pass http:\/\/127\.0\.0\.1:5000;/);
    assert.match(renderRegistryConfig(), /addr: 127\.0\.0\.1:5000/);
  });
});

describe("renderStatus", () => {
  it("shows power and faults in words", () => {
    const host = { site: "edge", address: "10.90.1.11", faults: [] };
    const text = renderStatus({
      hosts: [
        { ...host, name: "edge-m1", power: "on", answersSsh: true },
        { ...host, name: "edge-m2", power: "off", answersSsh: false, faults: ["power cut"] },
        { ...host, name: "edge-m3", power: "on", answersSsh: false, faults: ["drops all input", "unplugged"] },
      ],
      cuts: [{ from: "cloud", to: "edge" }],
      delays: [{ from: "edge", to: "cloud", milliseconds: 80 }],
      mirror: "on",
    });
    assert.equal(
      text,
      [
        "edge  edge-m1  10.90.1.11  on   answers on SSH",
        "edge  edge-m2  10.90.1.11  off  power cut",
        "edge  edge-m3  10.90.1.11  on   drops all input, unplugged",
        "mirror: on",
        "link cloud -> edge: cut",
        "link edge -> cloud: delayed by 80 ms",
        "",
      ].join("\n"),
    );
  });
});

describe("nameFaults", () => {
  const well = { dropsInput: false, unplugged: false };
  it("names each fault of a host, and none of one that is well or was never made", () => {
    assert.deepEqual(nameFaults({ power: "on" }, well), []);
    assert.deepEqual(nameFaults({ power: "absent" }, well), []);
    assert.deepEqual(nameFaults({ power: "off", ended: "cut" }, well), ["power cut"]);
    assert.deepEqual(nameFaults({ power: "off", ended: "shut down" }, well), ["shut down"]);
    assert.deepEqual(nameFaults({ power: "off" }, well), ["off"]);
    assert.deepEqual(nameFaults({ power: "frozen" }, { ...well, dropsInput: true }), ["frozen", "drops all input"]);
  });
});

describe("endsOfLink", () => {
  const site = (name: string) => ({ name, gateway: "", hosts: [] });
  const lab = { sites: [site("edge"), site("cloud")] };

  it("takes the two sites where none is named, and the ends in the order in which they are", () => {
    assert.deepEqual(endsOfLink(lab, []), ["edge", "cloud"]);
    assert.deepEqual(endsOfLink(lab, ["cloud", "edge-m1"], { oneWay: true }), ["cloud", "edge-m1"]);
  });

  it("asks for both ends, and for their order where one way is meant", () => {
    assert.throws(() => endsOfLink(lab, ["edge"]), /"edge": name the two ends of a link, as in `edge cloud`/);
    assert.throws(() => endsOfLink(lab, ["edge", "cloud", "edge-m1"]), /name the two ends of a link/);
    assert.throws(
      () => endsOfLink(lab, [], { oneWay: true }),
      /--one-way: name the end that sends.*`edge cloud --one-way`/,
    );
    assert.throws(() => endsOfLink({ sites: [...lab.sites, site("fog")] }, []), /name the two ends of a link/);
  });
});

describe("directionsOf", () => {
  it("is both ways unless one is asked for", () => {
    const there = { from: "edge", to: "cloud" };
    assert.deepEqual(directionsOf("edge", "cloud"), [there, { from: "cloud", to: "edge" }]);
    assert.deepEqual(directionsOf("edge", "cloud", { oneWay: true }), [there]);
  });
});
