import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { until } from "../../core/wait";
import { readHostStates } from "../hosts/hostState";
import { mirrorPort, mirrorUrl } from "../network/planNetwork";
import type { RackContext } from "../rackContext";
import { mirrorFolders, renderNginxConfig, renderRegistryConfig } from "./renderMirror";

/** Folders of the cache that the mirror serves; it writes to neither. */
export interface MirrorSources {
  /** Release files as `<upstream host>/<path>`. */
  files: string;
  /** Storage of a registry (`docker/registry/v2/...`) with the images under upstream names. */
  registry: string;
}

/** Starts the mirror on the router, in two containers; one that serves already stays. */
export async function startMirror(context: RackContext, image: string, sources: MirrorSources): Promise<void> {
  const { mirrorConfig, registry } = context.paths;
  const layers = { upper: join(registry, "upper"), work: join(registry, "work") };
  for (const folder of [mirrorConfig, layers.upper, layers.work, sources.files, sources.registry]) {
    mkdirSync(folder, { recursive: true });
  }
  writeFileSync(join(mirrorConfig, "nginx.conf"), renderNginxConfig(context.network.mirrorAddress, mirrorPort));
  writeFileSync(join(mirrorConfig, "registry.yml"), renderRegistryConfig());
  const config = `${mirrorConfig}:${mirrorFolders.config}:ro`;
  // What is pushed lands in the lab's own layer above the cached storage, which other labs share.
  const storage = `${sources.registry}:${mirrorFolders.registry}:O,upperdir=${layers.upper},workdir=${layers.work}`;
  await ensureServer(
    context,
    image,
    "registry",
    [config, storage],
    [...["docker-registry", "serve", `${mirrorFolders.config}/registry.yml`]],
  );
  await ensureServer(
    context,
    image,
    "mirror",
    [config, `${sources.files}:${mirrorFolders.files}:ro`],
    [...["nginx", "-c", `${mirrorFolders.config}/nginx.conf`]],
  );
  await until("the mirror answers", () => registryAnswers(mirrorUrl(context.network)), { within: 300, every: 0.3 });
}

async function ensureServer(
  context: RackContext,
  image: string,
  name: string,
  volumes: readonly string[],
  command: readonly string[],
): Promise<void> {
  const { session } = context.inventory;
  const container = `${session}-${name}`;
  const state = (await readHostStates(context)).get(container);
  const serves = volumes.join(" ");
  // Artifacts built anew lie in another folder of the cache.
  if (state?.power === "on" && (await labelOf(context, container)) === serves) return;
  if (state) await context.podman("rm", "--force", "--time", "0", container);
  await context.podman(
    "run",
    ...["--detach", "--name", container, "--label", `io.iotef.lab=${context.paths.folder}`],
    ...["--label", `${servesLabel}=${serves}`],
    ...["--network", `ns:/run/netns/${context.network.router}`, "--no-hosts", "--cgroup-parent", `/${session}`],
    ...["--privileged", "--pids-limit", "0", "--ulimit", "nofile=4096:4096", "--ulimit", "nproc=4096:4096"],
    ...["--log-driver", "k8s-file", "--log-opt", `path=${join(context.paths.mirrorConfig, `${name}.log`)}`],
    ...volumes.flatMap((volume) => ["--volume", volume]),
    ...[image, ...command],
  );
}

async function registryAnswers(url: string): Promise<void> {
  const response = await fetch(`${url}/v2/`, { signal: AbortSignal.timeout(3000) });
  if (!response.ok) throw new Error(`${url}/v2/ answers ${response.status}`);
}

const servesLabel = "io.iotef.serves";

function labelOf(context: RackContext, container: string): Promise<string> {
  return context.podman("inspect", "--format", `{{index .Config.Labels "${servesLabel}"}}`, container);
}
