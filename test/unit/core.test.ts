import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { alignColumns } from "../../core/alignColumns";
import { etcdRelease, hostReleaseFiles, imageRegistries, images } from "../../core/artifacts";
import { formatCoordinates, headers, parseCoordinates } from "../../core/contract/headers";
import { clusterOutputNames } from "../../core/contract/outputs";
import { ConfigError, formatProblem, messageOf } from "../../core/errors";
import * as naming from "../../core/naming";
import { Hopeless, until, WaitError } from "../../core/wait";
import { versions as labVersions } from "../../lab/artifacts/versions";

describe("until", () => {
  it("returns what the probe returns, at the first try when it can", async () => {
    let tries = 0;
    assert.equal(await until("it", async () => ++tries, { within: 0 }), 1);
  });

  it("tries again until the probe no longer throws, and tells of each reason", async () => {
    const reasons: string[] = [];
    const states = ["starting", "almost"];
    const probe = async (): Promise<string> => {
      const state = states.shift();
      if (state !== undefined) throw new Error(state);
      return "ready";
    };
    const result = await until("it", probe, { within: 60, every: 0.001, onTry: (reason) => reasons.push(reason) });
    assert.equal(result, "ready");
    assert.deepEqual(reasons, ["starting", "almost"]);
  });

  it("gives up with the condition, the limit and what it saw last", async () => {
    const waiting = until("five brokers in sync", async () => Promise.reject(new Error("two are missing")), {
      within: 0.01,
      every: 0.001,
    });
    await assert.rejects(waiting, (error) => {
      assert.ok(error instanceof WaitError);
      assert.equal(error.message, "five brokers in sync: not so after 0.01 s; last seen: two are missing");
      return true;
    });
  });

  it("gives up at once when the probe knows that waiting cannot help", async () => {
    let tries = 0;
    const probe = async (): Promise<void> => {
      tries += 1;
      throw new Hopeless("the host is gone");
    };
    await assert.rejects(until("it", probe, { within: 60, every: 0.001 }), {
      name: "Hopeless",
      message: "the host is gone",
    });
    assert.equal(tries, 1);
  });

  it("makes no other try when it is stopped", async () => {
    const stop = new AbortController();
    let tries = 0;
    const probe = async (): Promise<void> => {
      if (++tries === 2) stop.abort();
      throw new Error("not yet");
    };
    await assert.rejects(until("it", probe, { within: 60, every: 0.001, signal: stop.signal }), {
      name: "Hopeless",
      message: "stopped",
    });
    assert.equal(tries, 2);
  });
});

describe("alignColumns", () => {
  it("makes columns as wide as their widest cell, numbers ending together, nothing trailing", () => {
    const rows = [
      ["name", "count", "remark"],
      ["a", "12", ""],
      ["longer", "3", "late"],
    ];
    assert.deepEqual(
      alignColumns(rows, (column) => column === 1),
      ["name    count  remark", "a          12", "longer      3  late"],
    );
  });

  it("makes no line of no row", () => {
    assert.deepEqual(alignColumns([]), []);
  });
});

describe("errors", () => {
  it("formatProblem puts place, value and remedy in one line", () => {
    const message = "is not a cluster; use edge or cloud";
    assert.equal(formatProblem({ path: "iotef:a.b", value: "clod", message }), `iotef:a.b: "clod" ${message}`);
    assert.equal(formatProblem({ path: "iotef:a.b", message: "is missing" }), "iotef:a.b: is missing");
  });

  it("ConfigError counts and lists", () => {
    const one = { path: "iotef:a", message: "is missing" };
    assert.equal(
      new ConfigError([one]).message,
      "1 problem in the configuration; nothing was changed:\n  - iotef:a: is missing",
    );
    assert.equal(
      new ConfigError([one, { path: "iotef:b", value: 2, message: "is odd" }]).message,
      "2 problems in the configuration; nothing was changed:\n  - iotef:a: is missing\n  - iotef:b: 2 is odd",
    );
  });

  it("messageOf finds the text of anything thrown", () => {
    assert.equal(messageOf(new Error("text")), "text");
    assert.equal(messageOf("text"), "text");
    assert.equal(messageOf(undefined), "undefined");
  });
});

// Brokers keep data and fences under these names: changing one needs an alias and a decision record.
describe("names, pinned", () => {
  it("of topics, groups, users and fences", () => {
    const source = { clusterId: "MkU3OEVBNTcwNTJENDM2Qg", topic: "frames" };
    assert.deepEqual(
      {
        stream: naming.topicOfStream("frames"),
        checkpoints: naming.checkpointTopic("iotef", "compress"),
        deadLetters: naming.deadLetterTopic("iotef", "compress"),
        group: naming.stageGroup("iotef", "compress"),
        user: naming.stageUser("iotef", "compress"),
        prefix: naming.transactionalIdPrefix("iotef", "compress"),
        fence: naming.transactionalId("iotef", "compress", source, 1, 0),
        endpoint: naming.apiEndpointName("edge"),
      },
      {
        stream: "frames",
        checkpoints: "iotef.checkpoints.compress",
        deadLetters: "iotef.dead-letters.compress",
        group: "iotef.compress",
        user: "iotef.compress",
        prefix: "iotef.compress.",
        fence: "iotef.compress.MkU3OEVBNTcwNTJENDM2Qg.frames.1.0",
        endpoint: "api.edge.iotef",
      },
    );
  });

  it("of the cluster stack's outputs", () => {
    assert.deepEqual(clusterOutputNames, [
      "name",
      "kubeconfig",
      "certificates",
      "apiEndpoints",
      "bootstrapServers",
      "kafkaCa",
      "kafkaClusterId",
      "kafkaMaxMessageBytes",
      "kafkaAdmin",
      "kubernetesVersion",
      "hosts",
    ]);
  });

  it("of record headers", () => {
    assert.deepEqual(headers, {
      id: "ce_id",
      source: "ce_source",
      type: "ce_type",
      time: "ce_time",
      specversion: "ce_specversion",
      contentType: "content-type",
      traceparent: "traceparent",
      coordinates: "iotef-source",
      part: "iotef-part",
      reason: "iotef-reason",
    });
  });
});

describe("source coordinates", () => {
  it("are the same after writing and reading, also past what a number can hold", () => {
    const coordinates = { clusterId: "abc_-1", topic: "iotef.frames", partition: 4, offset: 9007199254740993n };
    const text = "abc_-1/iotef.frames/4/9007199254740993";
    assert.equal(formatCoordinates(coordinates), text);
    assert.deepEqual(parseCoordinates(text), coordinates);
  });

  for (const text of ["", "a/b/1", "a/b/x/1", "a/b/1/-1", "a/b/c/1/2"]) {
    it(`refuse ${JSON.stringify(text)}`, () => {
      assert.throws(() => parseCoordinates(text), {
        message: `header iotef-source: ${JSON.stringify(text)} is not <cluster id>/<topic>/<partition>/<offset>`,
      });
    });
  }
});

describe("artifacts", () => {
  for (const architecture of ["amd64", "arm64"] as const) {
    it(`are upstream's for ${architecture}, each with a checksum from the same place`, () => {
      const files = [...hostReleaseFiles(architecture, "1.36.3"), etcdRelease(architecture)];
      assert.deepEqual(
        files.map(({ name }) => name),
        ["containerd", "runc", "cni-plugins", "kubeadm", "kubelet", "kubectl", "etcd"],
      );
      for (const { url, checksumUrl } of files) {
        assert.match(url, /^https:\/\/(github\.com|dl\.k8s\.io)\//);
        assert.ok(url.includes(architecture), url);
        assert.equal(checksumUrl.slice(0, checksumUrl.lastIndexOf("/")), url.slice(0, url.lastIndexOf("/")));
      }
    });
  }

  it("take the configured version of Kubernetes", () => {
    const kubelet = hostReleaseFiles("amd64", "1.36.9").find(({ name }) => name === "kubelet")!;
    assert.equal(kubelet.url, "https://dl.k8s.io/release/v1.36.9/bin/linux/amd64/kubelet");
  });

  it("are images of registries that containerd finds behind the mirror, by a version", () => {
    for (const reference of Object.values(images)) {
      assert.ok(
        imageRegistries.some((registry) => reference.startsWith(`${registry}/`)),
        reference,
      );
      assert.match(reference, /:v?\d+\.\d+/);
    }
  });

  it("are of the same Node in scripts/bootstrap.sh as in the images", () => {
    const bootstrap = readFileSync(join(__dirname, "..", "..", "scripts", "bootstrap.sh"), "utf8");
    assert.equal(/^iotef_node_version=(.+)$/m.exec(bootstrap)?.[1], labVersions["NODE"]);
    assert.equal(/^iotef_npm_version=(.+)$/m.exec(bootstrap)?.[1], labVersions["NPM"]);
  });
});
