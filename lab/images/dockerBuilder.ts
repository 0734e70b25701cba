import { existsSync, mkdirSync, rmSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../labError";
import { runCommand } from "../runCommand";
import type { Builder } from "./builder";
import { addEntry, copyEntry } from "./layout";

/** Docker with BuildKit. Its daemon keeps the layers and takes upstream images from upstream. */
export async function dockerBuilder(scratch: string): Promise<Builder> {
  const version = await runCommand("docker", ["version", "--format", "{{.Server.Version}}"]);
  const archive = join(scratch, "image.tar");
  const folder = join(scratch, "layout");
  return {
    name: `docker ${version}`,
    async load(image, reference) {
      if ("layout" in image) {
        copyEntry(image.layout, image.entry, folder);
        await runCommand("tar", ["-C", folder, "-cf", archive, "."]);
      }
      const from = "archive" in image ? image.archive : archive;
      const loaded = (await runCommand("docker", ["load", "--input", from])).match(/Loaded image(?: ID)?: *(\S+)/)?.[1];
      if (!loaded)
        throw new LabError(`docker ${version} found no image in ${from}; use Docker 25 or newer, or install buildah`);
      await runCommand("docker", ["tag", loaded, reference]);
      rmSync(folder, { recursive: true, force: true });
    },
    async build({ plan, context, args, secrets }) {
      await runCommand(
        "docker",
        [
          ...["build", "--network", "host", "--file", plan.dockerfile, "--tag", plan.reference],
          ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
          ...Object.entries(secrets).flatMap(([id, file]) => ["--secret", `id=${id},src=${file}`]),
          context,
        ],
        { env: { DOCKER_BUILDKIT: "1", SOURCE_DATE_EPOCH: "0" } },
      );
    },
    async save(reference, { layout, entry }) {
      await runCommand("docker", ["save", "--output", archive, reference]);
      mkdirSync(folder);
      await runCommand("tar", ["-C", folder, "-xf", archive]);
      if (!existsSync(join(folder, "index.json"))) {
        throw new LabError(`docker ${version} saves no OCI layout; use Docker 25 or newer, or install buildah`);
      }
      addEntry(layout, entry, folder);
      rmSync(folder, { recursive: true });
    },
    close: () => Promise.resolve(),
  };
}
