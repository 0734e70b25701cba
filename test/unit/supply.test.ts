import assert from "node:assert/strict";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { execFileSync } from "node:child_process";
import { createHash } from "node:crypto";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { etcdRelease, hostReleaseFiles } from "../../core/artifacts";
import { runGraph } from "../../lab/artifacts/runGraph";
import { taskKey } from "../../lab/artifacts/taskKey";
import { closure, profiles, recipesFolder, tasks, type Task } from "../../lab/artifacts/tasks";
import { versions } from "../../lab/artifacts/versions";

const task = (name: string, needs: string[] = [], read: string[] = []): Task => ({
  name,
  load: "cpu",
  versions: read,
  needs,
});

describe("supply: keys", () => {
  const kafka = task("kafka", ["java"], ["KAFKA"]);
  const key = (recipe: string, kafkaVersion: string, java: string): string =>
    taskKey(kafka, recipe, { KAFKA: kafkaVersion, OTHER: kafkaVersion }, new Map([["java", java]]));

  it("change with the recipe, with a version it reads, with what it needs; not with another's version", () => {
    const before = key("mvn", "4.3.1", "a");
    assert.equal(key("mvn", "4.3.1", "a"), before);
    assert.notEqual(key("mvn -q", "4.3.1", "a"), before);
    assert.notEqual(key("mvn", "4.3.2", "a"), before);
    assert.notEqual(key("mvn", "4.3.1", "b"), before);
    const reads = (other: string): string => taskKey(task("pause"), "gcc", { OTHER: other }, new Map());
    assert.equal(reads("1"), reads("2"));
  });

  it("need every version they read", () => {
    assert.throws(() => taskKey(kafka, "mvn", {}, new Map()), /kafka reads the version KAFKA/);
  });
});

describe("supply: tasks", () => {
  it("read only versions that exist, and need only tasks that exist", () => {
    const names = tasks.map(({ name }) => name);
    for (const { name, versions: read, needs } of tasks) {
      for (const version of read) assert.ok(version in versions, `${name} reads ${version}`);
      for (const need of needs) assert.ok(names.includes(need), `${name} needs ${need}`);
    }
  });

  it("name every version that their recipe reads: else a new version would find the old folder", () => {
    for (const { name, versions: read } of tasks) {
      const recipe = readFileSync(join(recipesFolder, `${name}.sh`), "utf8");
      const used = Object.keys(versions).filter((version) => new RegExp(`\\$\\{?${version}\\b`).test(recipe));
      assert.deepEqual(
        used.filter((version) => !read.includes(version)),
        [],
        `${name}.sh`,
      );
    }
  });

  it("of a purpose hold all that its artifacts need, in the order of the list", () => {
    assert.deepEqual(
      closure(["b"], [task("c"), task("b", ["a"]), task("a", ["c"]), task("d")]).map(({ name }) => name),
      ["c", "b", "a"],
    );
    assert.deepEqual(
      closure(profiles.kafka).map(({ name }) => name),
      ["kafka"],
    );
    assert.throws(() => closure(["kafak"]), /"kafak" is not a task; use one of .*kafka/);
  });
});

describe("supply: running the graph", () => {
  const inputs = ["kubernetes", "containerd", "runc", "cni-plugins", "etcd"];
  const wanted: Task[] = [...inputs, "mirror"].map((name) => {
    const { load, versions: read, needs } = tasks.find((known) => known.name === name)!;
    return { name, load, versions: read, needs: needs.filter((need) => name === "mirror" && inputs.includes(need)) };
  });
  let cache: string;
  let lines: string[];

  beforeEach(() => {
    cache = mkdtempSync(join(tmpdir(), "iotef-supply-"));
    lines = [];
    for (const file of hostReleaseFiles("amd64", versions.KUBERNETES!)) {
      const upstream = file.url.replace("https://", "");
      // The Kubernetes programs lie side by side, the others already under upstream's path.
      if (upstream.startsWith("dl.k8s.io/")) fill("kubernetes", file.name, file.name);
      else fill(file.name, upstream, file.name);
    }
    for (const program of ["etcd", "etcdctl", "etcdutl"]) fill("etcd", program, program);
  });
  afterEach(() => rmSync(cache, { recursive: true }));

  const folderOf = (name: string): string => {
    const read = (file: string): string => readFileSync(join(recipesFolder, `${file}.sh`), "utf8");
    const recipe = read(name).includes("module.sh") ? read(name) + read("module") : read(name);
    return join(
      cache,
      name,
      taskKey(
        wanted.find((known) => known.name === name)!,
        recipe,
        versions,
        new Map(),
      ),
    );
  };
  const fill = (name: string, path: string, content: string): void => {
    const file = join(folderOf(name), path);
    mkdirSync(dirname(file), { recursive: true });
    writeFileSync(file, content);
  };
  const run = (): Promise<Map<string, string>> =>
    runGraph(wanted, { cache, versions, log: (line) => lines.push(line), signal: new AbortController().signal });

  it("builds only what the cache lacks, and nothing the second time", async () => {
    const folders = await run();
    assert.deepEqual(
      lines.filter((line) => line.endsWith(": building")),
      ["mirror: building"],
    );
    assert.ok(existsSync(folders.get("mirror")!));
    lines = [];
    await run();
    assert.deepEqual(
      lines,
      wanted.map(({ name }) => `${name}: cached`),
    );
  });

  it("builds what two want at the same time once, and both have it", async () => {
    const [one, other] = await Promise.all([run(), run()]);
    assert.deepEqual(one, other);
    assert.ok(existsSync(join(one.get("mirror")!, "mirror")));
  });

  it("lays the Kubernetes programs out as upstream does, each with its bare SHA-256 beside it", async () => {
    const mirror = join((await run()).get("mirror")!, "mirror");
    for (const { name, url, checksumUrl } of hostReleaseFiles("amd64", versions.KUBERNETES!)) {
      assert.equal(readFileSync(join(mirror, url.replace("https://", "")), "utf8"), name);
      if (!checksumUrl.includes("dl.k8s.io")) continue;
      const hash = createHash("sha256").update(name).digest("hex");
      assert.equal(readFileSync(join(mirror, checksumUrl.replace("https://", "")), "utf8").trim(), hash);
    }
  });

  it("packs etcd's tools as upstream does", async () => {
    const mirror = join((await run()).get("mirror")!, "mirror");
    const { url, checksumUrl } = etcdRelease("amd64");
    const archive = join(mirror, url.replace("https://", ""));
    const listed = execFileSync("tar", ["-tzf", archive], { encoding: "utf8" });
    assert.match(listed, /^etcd-v[\d.]+-linux-amd64\/etcdutl$/m);
    const sums = readFileSync(join(mirror, checksumUrl.replace("https://", "")), "utf8");
    assert.equal(sums.split(" ")[0], createHash("sha256").update(readFileSync(archive)).digest("hex"));
  });

  it("a failed recipe leaves nothing that counts as done, shows the end of its log, and goes on from there", async () => {
    rmSync(join(folderOf("kubernetes"), "kubelet"));
    await assert.rejects(run(), /mirror: the recipe ended with 1; \S+\.log ends with:\n.*kubelet/s);
    assert.deepEqual(finished("mirror"), []);
    fill("kubernetes", "kubelet", "kubelet");
    await run();
    assert.equal(finished("mirror").length, 1);
  });

  const finished = (name: string): string[] => readdirSync(join(cache, name)).filter((entry) => !entry.includes("."));
});
