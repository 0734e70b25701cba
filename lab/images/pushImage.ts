import { createReadStream, readFileSync, statSync } from "node:fs";
import { Readable } from "node:stream";
import { LabError } from "../labError";
import { blobFile, manifestOf, type Descriptor } from "./layout";

/**
 * Pushes an image of an OCI layout to a registry (OCI distribution API, no sign-in: the lab's own). What the registry has
 * already is not sent again.
 * @param registry base address, for example `http://10.90.0.10:8080`
 * @param repository path in it, for example `ghcr.io/iotef/stage`
 */
export async function pushImage(
  { layout, entry }: { layout: string; entry: string },
  registry: string,
  repository: string,
  tag: string,
): Promise<void> {
  const at = `${registry}/v2/${repository}`;
  const { digest, mediaType } = manifestOf(layout, entry);
  const body = readFileSync(blobFile(layout, digest));
  const { layers, config } = JSON.parse(body.toString("utf8")) as { config: Descriptor; layers: Descriptor[] };
  for (const blob of [...layers, config]) await pushBlob(blobFile(layout, blob.digest), at, blob.digest);
  await ask("PUT", `${at}/manifests/${tag}`, 201, { body, headers: { "content-type": mediaType } });
}

async function pushBlob(file: string, at: string, digest: string): Promise<void> {
  const url = `${at}/blobs/${digest}`;
  if ((await fetch(url, { method: "HEAD" })).ok) return;
  const started = await ask("POST", `${at}/blobs/uploads/`, 202, {});
  const upload = new URL(started.headers.get("location")!, url);
  upload.searchParams.set("digest", digest);
  await ask("PUT", upload.href, 201, {
    body: Readable.toWeb(createReadStream(file)) as ReadableStream,
    duplex: "half",
    headers: { "content-type": "application/octet-stream", "content-length": String(statSync(file).size) },
  });
}

async function ask(method: string, url: string, wanted: number, init: RequestInit): Promise<Response> {
  const response = await fetch(url, { ...init, method });
  if (response.status === wanted) return response;
  throw new LabError(`registry: ${method} ${url} answers ${response.status}: ${(await response.text()).slice(0, 500)}`);
}
