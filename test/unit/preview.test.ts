import { strict as assert } from "node:assert";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { parsePreview, renderMarkdown, renderText, summarize, type Summary } from "../../core/preview";
import { assertGolden } from "../support/golden";

/** What the real `pulumi preview --json` printed for the lab, without the resources that stay and without long texts. */
const recorded = (name: string, stack = "federation"): Summary =>
  summarize(stack, parsePreview(readFileSync(join(__dirname, "../preview/recorded", `${name}.json`), "utf8")));

describe("preview in words", () => {
  for (const [name, stack, dangers] of [
    ["move", "federation", 0],
    ["no-change", "federation", 0],
    ["grow", "federation", 0],
    ["reroute", "federation", 2],
    ["remove-host", "edge", 2],
  ] as const) {
    it(`tells of ${name} what a reviewer wants to know`, () => {
      const summary = recorded(name, stack);
      assertGolden(`preview/${name}.txt`, renderText(summary));
      assert.equal(summary.dangers.length, dangers);
    });
  }

  it("says first that a stage moves, and that nothing is lost", () => {
    const [headline, , title, first] = renderText(recorded("move")).split("\n");
    assert.match(headline!, /^federation: 1 stage moves; /);
    assert.equal(title, "Stages");
    assert.match(
      first!,
      /compress moves from edge to cloud: the 2 copies on cloud must be ready before those on edge are deleted\..*no record is lost or doubled/,
    );
  });

  it("makes one comment that can be found again", () => {
    const text = renderMarkdown(recorded("move"));
    assert.equal(text.split("\n")[0], "<!-- iotef preview of federation -->");
    assertGolden("preview/move.md", text);
  });

  it("takes a replacement's three steps for one change, and a provider's for a danger", () => {
    const urn = "urn:pulumi:edge::iotef::pulumi:providers:kubernetes::edge";
    const steps = ["create-replacement", "replace", "delete-replaced"].map((op) => ({ op, urn }));
    const { preview, dangers } = summarize("edge", parsePreview(JSON.stringify({ steps })));
    assert.deepEqual(
      preview.changes.map(({ op }) => op),
      ["replace"],
    );
    assert.equal(dangers[0]!.why, "is replaced: every object on this cluster is made anew");
  });

  it("says what a rebuilt host and two more control planes mean for the quorums", () => {
    const command = (name: string) => `urn:pulumi:edge::iotef::command:local:Command::${name}`;
    const set = "urn:pulumi:edge::iotef::kubernetes:apps/v1:StatefulSet::edge-kafka";
    const volume = "urn:pulumi:edge::iotef::kubernetes:core/v1:PersistentVolume::edge-kafka-edge-m4";
    const steps = [
      {
        op: "update",
        urn: command("edge-control-plane-edge-m1"),
        oldState: { inputs: { environment: { HOST: "edge-m1" } } },
        newState: { inputs: { environment: { HOST: "edge-m1", GENERATION: "2" } } },
      },
      { op: "create", urn: command("edge-control-plane-edge-m4"), newState: { inputs: {} } },
      { op: "create", urn: command("edge-control-plane-edge-m5"), newState: { inputs: {} } },
      { op: "create", urn: volume, newState: { inputs: {} } },
      {
        op: "update",
        urn: set,
        oldState: { inputs: { spec: { replicas: 5 } } },
        newState: { inputs: { spec: { replicas: 6 } } },
      },
    ];
    const text = renderText(summarize("edge", parsePreview(JSON.stringify({ steps }))));
    for (const line of [
      /edge-m1 \(control-plane\) is rebuilt: .* its old etcd member is removed first; its broker.*votes anew/,
      /edge-m4 joins as a control-plane, with a broker; no other host restarts anything/,
      /edge-m5 joins as a control-plane, without a broker/,
      /etcd: 2 more, one after the other/,
      /Kafka: 5 -> 6 brokers; the 5 voters stay/,
    ]) {
      assert.match(text, line);
    }
  });

  it("says that a host with another role is refused, and not that it leaves or joins", () => {
    const command = (name: string) => `urn:pulumi:edge::iotef::command:local:Command::${name}`;
    const steps = [
      { op: "create", urn: command("edge-control-plane-edge-w1"), newState: { inputs: {} } },
      { op: "delete", urn: command("edge-worker-edge-w1"), oldState: { inputs: {} } },
    ];
    const text = renderText(summarize("edge", parsePreview(JSON.stringify({ steps }))));
    assert.match(text, /edge-w1 would become a control-plane: refused\. Take it out of iotef:hosts/);
    assert.doesNotMatch(text, /edge-w1 (joins|\(worker\) leaves)|etcd: 1 more/);
  });

  it("says that a broker is not drained whose id another host would get", () => {
    const command = (name: string) => `urn:pulumi:edge::iotef::command:local:Command::${name}`;
    const volume = (host: string) => `urn:pulumi:edge::iotef::kubernetes:core/v1:PersistentVolume::edge-kafka-${host}`;
    const inputs = { spec: { claimRef: { name: "data-kafka-4" } } };
    const goes = [
      { op: "delete", urn: command("edge-worker-edge-w2"), oldState: { inputs: {} } },
      { op: "delete", urn: volume("edge-w2"), oldState: { inputs } },
    ];
    const comes = [
      { op: "create", urn: command("edge-worker-edge-w3"), newState: { inputs: {} } },
      { op: "create", urn: volume("edge-w3"), newState: { inputs } },
    ];
    const told = (steps: object[]) => renderText(summarize("edge", parsePreview(JSON.stringify({ steps }))));
    assert.match(told(goes), /edge-w2 \(worker\) leaves: its broker is drained first/);
    assert.match(
      told([...goes, ...comes]),
      /edge-w2 \(worker\) leaves: its broker is NOT drained, for edge-w3 would get its id: take this host out/,
    );
  });

  it("says why a Job runs anew that failed", () => {
    const urn = "urn:pulumi:edge::iotef::kubernetes:batch/v1:Job::edge-kafka-drain-reconcile";
    const replaceReasons = ['.metadata.annotations["pulumi.com/replaceUnready"]'];
    const inputs = { metadata: { annotations: { "pulumi.com/replaceUnready": "true" } } };
    const steps = [{ op: "replace", urn, oldState: { inputs }, newState: { inputs }, replaceReasons }];
    assert.match(
      renderText(summarize("edge", parsePreview(JSON.stringify({ steps })))),
      /replaced Job edge-kafka-drain-reconcile: runs anew, for it did not succeed$/m,
    );
  });

  it("says that the list of brokers changes, without the list", () => {
    const list = (...hosts: string[]) => ({ data: { from: hosts.map((host) => `${host}:9092`).join("\n") } });
    const change = {
      op: "replace",
      type: "kubernetes:core/v1:ConfigMap",
      name: "compress.edge-brokers",
      urn: "urn:pulumi:federation::iotef::kubernetes:core/v1:ConfigMap::compress.edge-brokers",
      before: list("10.90.1.11"),
      after: list("10.90.1.11", "10.90.1.12"),
      fields: ["data.from"],
    } as const;
    const text = renderText(summarize("federation", { changes: [change], same: 30, messages: [] }));
    assert.match(text, /^ {2}replaced ConfigMap compress\.edge-brokers: brokers that it begins with$/m);
  });

  it("shows what the run complained of", () => {
    const diagnostics = [
      { severity: "error", message: 'iotef:placement.compress: "clod" is not a cluster' },
      { severity: "info", message: "hello" },
    ];
    assert.match(
      renderText(summarize("federation", parsePreview(JSON.stringify({ steps: [], diagnostics })))),
      /Errors and warnings\n {2}error: iotef:placement/,
    );
  });

  it("refuses what is no preview", () => {
    assert.throws(
      () => parsePreview("no stack named 'x' found"),
      /this is not what `pulumi preview --json` prints: "no stack named/,
    );
  });
});
