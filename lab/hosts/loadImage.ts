import { createHash } from "node:crypto";
import { existsSync, realpathSync, statSync } from "node:fs";
import { LabError } from "../labError";
import type { RackContext } from "../rackContext";

/** Makes the host image of an archive known to the rack's podman, once for each archive, and returns its name. */
export async function loadImage(context: RackContext, archive: string): Promise<string> {
  if (!existsSync(archive)) throw new LabError(`host image: ${archive} does not exist; fill the lab's cache first`);
  const image = `localhost/iotef-host:${fingerprint(archive)}`;
  const known = await context.podman("images", "--format", "{{.Repository}}:{{.Tag}}");
  if (known.split("\n").includes(image)) return image;
  const loaded = (await context.podman("load", "--quiet", "--input", archive)).match(/^Loaded image: *(\S+)$/m)?.[1];
  if (!loaded)
    throw new LabError(`host image: podman found no image in ${archive}; remove it and fill the cache again`);
  await context.podman("tag", loaded, image);
  return image;
}

/** Changes with the archive, without reading hundreds of megabytes. */
function fingerprint(archive: string): string {
  const { size, mtimeMs } = statSync(archive);
  return createHash("sha256")
    .update(`${realpathSync(archive)} ${size} ${mtimeMs}`)
    .digest("hex")
    .slice(0, 12);
}
