import assert from "node:assert/strict";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { renderRegistries } from "../../lab/images/containersBuilder";
import { imageKey } from "../../lab/images/imageKey";
import { addEntry, blobFile, copyEntry, findEntry, manifestOf } from "../../lab/images/layout";
import { parseDockerfile } from "../../lab/images/parseDockerfile";
import { buildArguments, planImages, type ImagePlan } from "../../lab/images/planImages";

const repository = resolve(__dirname, "../..");
const naming = { registry: "ghcr.io/iotef", tag: "1.2.3" };

describe("images of the lab", () => {
  let folder: string;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "iotef-images-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  function write(path: string, text: string): void {
    mkdirSync(dirname(join(folder, path)), { recursive: true });
    writeFileSync(join(folder, path), text);
  }

  describe("parseDockerfile", () => {
    it("finds the bases and what is copied from the context", () => {
      const text = `# syntax
ARG TAG=0.1.0
FROM docker.io/library/node:22 AS build
COPY package.json \\
     package-lock.json ./
COPY --chown=1000 src lib /app/
RUN npm ci
FROM build AS test
FROM ghcr.io/iotef/stage:\${TAG}
COPY --from=build /app /app
`;
      assert.deepEqual(parseDockerfile(text, { TAG: "2" }), {
        bases: ["docker.io/library/node:22", "ghcr.io/iotef/stage:2"],
        sources: ["package.json", "package-lock.json", "src", "lib"],
      });
      assert.equal(parseDockerfile(text).bases[1], "ghcr.io/iotef/stage:0.1.0");
    });
  });

  describe("planImages", () => {
    it("puts the images of this repository after the ones they are built on", () => {
      const plans = planImages(join(repository, "workloads/images"), naming);
      const names = plans.map(({ name }) => name);
      for (const name of ["camera", "compress"]) {
        const plan = plans.find((candidate) => candidate.name === name)!;
        assert.equal(plan.reference, `ghcr.io/iotef/${name}:1.2.3`);
        assert.deepEqual(plan.own, ["stage"]);
        assert.ok(names.indexOf("stage") < names.indexOf(name));
      }
    });

    it("refuses images that are built on each other", () => {
      write("a/Dockerfile", "FROM ghcr.io/iotef/b:1.2.3\n");
      write("b/Dockerfile", "FROM ghcr.io/iotef/a:1.2.3\n");
      assert.throws(
        () => planImages(folder, naming),
        /images a, b: each is built on another of them; break the circle/,
      );
    });

    it("hands the names to every Dockerfile", () => {
      assert.deepEqual(buildArguments(naming), { REGISTRY: "ghcr.io/iotef", TAG: "1.2.3" });
    });
  });

  describe("imageKey", () => {
    const plan = (): ImagePlan => ({
      ...{ name: "a", reference: "ghcr.io/iotef/a:1", dockerfile: join(folder, "Dockerfile") },
      ...{ own: ["stage"], bases: ["docker.io/library/node:22"], sources: ["src", "package.json"] },
    });
    const key = (base = "k1"): string => imageKey(plan(), folder, new Map([["stage", base]]));

    beforeEach(() => {
      write("Dockerfile", "FROM x\n");
      write("package.json", "{}");
      write("src/deep/index.ts", "export {};\n");
    });

    it("stays while nothing changes that goes into the image", () => {
      const before = key();
      write("elsewhere.ts", "export {};\n");
      assert.equal(key(), before);
    });

    it("changes with the Dockerfile, a copied file, a new file, and an image below", () => {
      const keys = [key(), key("k2")];
      for (const [path, text] of [
        ["Dockerfile", "FROM y\n"],
        ["src/deep/index.ts", "export default 1;\n"],
        ["src/more.ts", ""],
      ] as const) {
        write(path, text);
        keys.push(key());
      }
      assert.equal(new Set(keys).size, keys.length);
    });
  });

  describe("an OCI layout", () => {
    /** A layout of one image without a name, as `docker save` leaves it. */
    function writeLayout(name: string, content: string): string {
      const digest = `sha256:${content.repeat(64).slice(0, 64)}`;
      const blob = { mediaType: "application/vnd.oci.image.layer.v1.tar", digest, size: 1 };
      const manifest = `sha256:${"f".repeat(63)}${content}`;
      write(`${name}/blobs/sha256/${digest.slice(7)}`, content);
      write(`${name}/blobs/sha256/${manifest.slice(7)}`, JSON.stringify({ config: blob, layers: [blob] }));
      const mediaType = "application/vnd.oci.image.manifest.v1+json";
      write(`${name}/index.json`, JSON.stringify({ manifests: [{ mediaType, digest: manifest, size: 1 }] }));
      return join(folder, name);
    }

    it("gathers images under their entries and gives them back alone", () => {
      const all = join(folder, "all");
      addEntry(all, "stage-1", writeLayout("one", "1"));
      addEntry(all, "camera-1", writeLayout("two", "2"));
      assert.equal(findEntry(all, "compress-1"), undefined);
      const { digest } = manifestOf(all, "camera-1");
      assert.equal(digest.at(-1), "2");
      copyEntry(all, "camera-1", join(folder, "alone"));
      assert.deepEqual(readFileSync(blobFile(join(folder, "alone"), digest)), readFileSync(blobFile(all, digest)));
    });

    it("says what to do when an image is missing", () => {
      assert.throws(() => manifestOf(join(folder, "none"), "stage-1"), /holds no image stage-1; remove the folder/);
    });
  });

  it("renderRegistries puts the mirror before every upstream registry", () => {
    const text = renderRegistries("http://10.90.0.10:8080");
    assert.match(
      text,
      /prefix = "docker.io"\nlocation = "docker.io"\n\[\[registry.mirror\]\]\nlocation = "10.90.0.10:8080\/docker.io"\ninsecure = true/,
    );
    assert.equal(text.match(/\[\[registry\]\]/g)!.length, 3);
    assert.equal(renderRegistries(undefined), "");
  });
});
