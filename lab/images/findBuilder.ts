import { LabError } from "../labError";
import { succeeds } from "../runCommand";
import type { Builder } from "./builder";
import { containersBuilder, type BuilderPlaces } from "./containersBuilder";
import { dockerBuilder } from "./dockerBuilder";

/** The first of buildah, Podman and Docker that this machine has. @throws LabError when it has none */
export async function findBuilder(places: BuilderPlaces): Promise<Builder> {
  if (await succeeds("buildah", ["--version"])) return containersBuilder("buildah", places);
  if (await succeeds("podman", ["--version"])) return containersBuilder("podman", places);
  if (await succeeds("docker", ["version"])) return dockerBuilder(places.scratch);
  throw new LabError(
    "images: this machine has no buildah, no podman and no docker that answers; install one, for example apt-get install buildah",
  );
}
