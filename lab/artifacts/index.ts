// Where the lab's artifacts come from. For scripts, the lab and tests.
import { homedir } from "node:os";
import { join } from "node:path";
import { ensureGo } from "./ensureGo";
import { ensureSystemPackages } from "./ensureSystemPackages";
import { runGraph } from "./runGraph";
import { closure, profiles, type Profile } from "./tasks";
import { goVersion, versions } from "./versions";

/** Absolute paths of what was asked for; those of other profiles are undefined. */
export interface Supplied {
  /** Folder laid out as `<upstream host>/<path>`. */
  mirrorDir?: string;
  /** Storage folder of a registry that holds every image under its upstream name. */
  registryDir?: string;
  /** OCI archive of docker.io/library/node, the base of IoTEF's own images. */
  nodeImage?: string;
  /** Archive for `podman load`. */
  hostImage?: string;
  pulumi?: string;
  pulumiKubernetes?: string;
  kubectl?: string;
  /** Java runtime and jars that run a broker or a client. */
  kafka?: { javaHome: string; libsDir: string };
  toxiproxy?: string;
  /** Folder of etcd, etcdctl and etcdutl. */
  etcd?: string;
  /** Folder with the jars of MirrorMaker and Kafka Streams. */
  kafkaPeers?: string;
}

/** Profiles with something to compile from Go modules. */
const compiled: readonly Profile[] = ["lab", "toolchain", "faults", "bench", "etcd"];

export const cacheFolder = join(homedir(), ".cache", "iotef");

/**
 * Brings about what a purpose needs: from the cache, else built from package registries.
 * @throws LabError with the failing recipe's last lines
 */
export async function supply(
  wanted: Profile | readonly Profile[],
  log: (line: string) => void,
  signal = new AbortController().signal,
): Promise<Supplied> {
  const named = typeof wanted === "string" ? [wanted] : wanted;
  await ensureSystemPackages(named, log);
  const compiles = named.some((profile) => compiled.includes(profile));
  const goBin = compiles ? await ensureGo(goVersion, join(cacheFolder, "go"), log) : undefined;
  const folders = await runGraph(closure(named.flatMap((profile) => profiles[profile])), {
    cache: join(cacheFolder, "artifacts"),
    versions,
    log,
    signal,
    goBin,
  });
  const at = (task: string, ...path: string[]): string | undefined => {
    const folder = folders.get(task);
    return folder === undefined ? undefined : join(folder, ...path);
  };
  const kafka = folders.get("kafka");
  return {
    mirrorDir: at("mirror", "mirror"),
    registryDir: at("images", "registry"),
    nodeImage: at("images", "node", "node.tar"),
    hostImage: at("host-image", "host-image.tar"),
    pulumi: at("pulumi", "pulumi"),
    pulumiKubernetes: at("pulumi-kubernetes", "pulumi-resource-kubernetes"),
    kubectl: at("kubernetes", "kubectl"),
    toxiproxy: at("toxiproxy", "toxiproxy-server"),
    etcd: at("etcd"),
    kafkaPeers: at("kafka-peers", "libs"),
    ...(kafka === undefined ? {} : { kafka: { javaHome: join(kafka, "jre"), libsDir: join(kafka, "libs") } }),
  };
}
