import { cpSync, existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { LabError } from "../labError";

/** A blob as manifests and indexes name it. */
export interface Descriptor {
  mediaType: string;
  digest: string;
  size: number;
  annotations?: Record<string, string>;
}

const entryAnnotation = "org.opencontainers.image.ref.name";

/** The manifest of an entry of an OCI layout; undefined where there is none. */
export function findEntry(layout: string, entry: string): Descriptor | undefined {
  return readIndex(layout).find(({ annotations }) => annotations?.[entryAnnotation] === entry);
}

/** @throws LabError where the layout has no such entry */
export function manifestOf(layout: string, entry: string): Descriptor {
  const found = findEntry(layout, entry);
  if (found) return found;
  throw new LabError(`${layout}: holds no image ${entry}; remove the folder, and the images are built again`);
}

/** The file of a blob. */
export function blobFile(layout: string, digest: string): string {
  return join(layout, "blobs", ...digest.split(":"));
}

/** Makes a layout of one image from an entry. */
export function copyEntry(layout: string, entry: string, to: string): void {
  const manifest = manifestOf(layout, entry);
  const { layers, config } = JSON.parse(readFileSync(blobFile(layout, manifest.digest), "utf8")) as {
    layers: Descriptor[];
    config: Descriptor;
  };
  for (const { digest } of [manifest, config, ...layers]) cpSync(blobFile(layout, digest), blobFile(to, digest));
  writeIndex(to, [manifest]);
}

/** Adds the one image of another layout as an entry. */
export function addEntry(layout: string, entry: string, from: string): void {
  const [image, ...more] = readIndex(from);
  if (!image || more.length > 0) throw new LabError(`${from}: holds ${more.length + (image ? 1 : 0)} images, not one`);
  mkdirSync(layout, { recursive: true });
  cpSync(join(from, "blobs"), join(layout, "blobs"), { recursive: true });
  const kept = readIndex(layout).filter(({ annotations }) => annotations?.[entryAnnotation] !== entry);
  writeIndex(layout, [...kept, { ...image, annotations: { [entryAnnotation]: entry } }]);
}

function writeIndex(layout: string, manifests: Descriptor[]): void {
  writeFileSync(join(layout, "oci-layout"), JSON.stringify({ imageLayoutVersion: "1.0.0" }));
  const unfinished = join(layout, `index.json.${process.pid}`);
  writeFileSync(unfinished, JSON.stringify({ schemaVersion: 2, manifests }));
  renameSync(unfinished, join(layout, "index.json"));
}

function readIndex(layout: string): Descriptor[] {
  const file = join(layout, "index.json");
  if (!existsSync(file)) return [];
  return (JSON.parse(readFileSync(file, "utf8")) as { manifests: Descriptor[] }).manifests;
}
