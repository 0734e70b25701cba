import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { imageRegistries } from "../../core/artifacts";
import { unmountBelow } from "../machine/unmountBelow";
import { runCommand } from "../runCommand";
import type { Builder, StoredImage } from "./builder";

export interface BuilderPlaces {
  /** Where the builder keeps layers; kept from one build to the next. */
  storage: string;
  /** For files of this run only. */
  scratch: string;
  /** Where upstream images are asked for first, for example `http://10.90.0.10:8080`. @default upstream alone */
  mirror?: string;
}

/** Buildah, or Podman, which takes the same arguments. Works without a daemon, a runtime or a network of its own. */
export async function containersBuilder(
  tool: "buildah" | "podman",
  { storage, scratch, mirror }: BuilderPlaces,
): Promise<Builder> {
  const [registries, policy, signIns] = ["registries.conf", "policy.json", "auth.json"].map((name) =>
    join(scratch, name),
  );
  writeFileSync(registries!, renderRegistries(mirror));
  writeFileSync(policy!, '{"default":[{"type":"insecureAcceptAnything"}]}');
  writeFileSync(signIns!, "{}");
  const places = ["--root", join(storage, "root"), "--runroot", join(storage, "run"), "--storage-driver", "overlay"];
  const env = { CONTAINERS_REGISTRIES_CONF: registries!, REGISTRY_AUTH_FILE: signIns! };
  const run = (command: string, ...args: string[]): Promise<string> =>
    runCommand(tool, [...places, command, "--signature-policy", policy!, ...args], { env });
  const version = (await runCommand(tool, ["--version"])).match(/\d+(\.\d+)+/)?.[0] ?? "";
  return {
    name: `${tool} ${version}`,
    async load(image, reference) {
      const id = (await run("pull", "--quiet", transport(image))).trim().split("\n").at(-1)!;
      await runCommand(tool, [...places, "tag", id, reference]);
    },
    async build({ plan, context, args, secrets }) {
      await run(
        "build",
        ...["--layers", "--isolation", "chroot", "--network", "host", "--format", "oci", "--pull=missing"],
        // The same input gives the same digest, wherever and whenever it is built.
        ...["--timestamp", "0", "--file", plan.dockerfile, "--tag", plan.reference],
        ...Object.entries(args).flatMap(([name, value]) => ["--build-arg", `${name}=${value}`]),
        ...Object.entries(secrets).flatMap(([id, file]) => ["--secret", `id=${id},src=${file}`]),
        context,
      );
    },
    async save(reference, into) {
      // Smaller than gzip, and a third of its CPU on every host that unpacks it.
      await run("push", "--quiet", "--format", "oci", "--compression-format", "zstd", reference, transport(into));
    },
    close: () => unmountBelow(storage),
  };
}

function transport(image: StoredImage): string {
  return "archive" in image ? `oci-archive:${image.archive}` : `oci:${image.layout}:${image.entry}`;
}

/** Upstream names with a mirror in front, as hosts have it. Pure. */
export function renderRegistries(mirror: string | undefined): string {
  if (mirror === undefined) return "";
  const { host, protocol } = new URL(mirror);
  return imageRegistries
    .map(
      (registry) => `[[registry]]
prefix = "${registry}"
location = "${registry}"
[[registry.mirror]]
location = "${host}/${registry}"
insecure = ${protocol === "http:"}
`,
    )
    .join("\n");
}
