import type { ImagePlan } from "./planImages";

/** What one build needs. */
export interface BuildRequest {
  plan: ImagePlan;
  /** Root of the repository. */
  context: string;
  args: Readonly<Record<string, string>>;
  /** Files that the build may read and the image does not keep, by their ids. */
  secrets: Readonly<Record<string, string>>;
}

/** Where an image lies: an entry of an OCI layout, or an OCI archive of one image. */
export type StoredImage = { layout: string; entry: string } | { archive: string };

/** A program of this machine that builds images: buildah, Podman or Docker. */
export interface Builder {
  /** For people, for example `buildah 1.28.2`. */
  name: string;
  /** Makes a stored image known under a reference. */
  load(image: StoredImage, reference: string): Promise<void>;
  build(request: BuildRequest): Promise<void>;
  /** Adds an image to an OCI layout. */
  save(reference: string, into: { layout: string; entry: string }): Promise<void>;
  /** Lets go of what the builder holds on to while it works (mounts). */
  close(): Promise<void>;
}
