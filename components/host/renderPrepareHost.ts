import { readFileSync } from "node:fs";
import { join } from "node:path";
import {
  etcdRelease,
  hostReleaseFiles,
  imageRegistries,
  type Architecture,
  type ReleaseFile,
} from "../../core/artifacts";
import { formatHostRecord, type HostRecord } from "./hostRecord";
import { renderContainerdConfig, renderContainerdUnit, type ContainerdSettings } from "./renderContainerd";
import { kubeletDropIn, renderKubeletUnit } from "./renderKubelet";
import { assignments, putFunction } from "./shell";

/** Everything prepareHost.sh must know; plain data. */
export interface PrepareHostSettings extends ContainerdSettings {
  record: HostRecord;
  role: "control-plane" | "worker";
  /** Base address put before every artifact, without a slash at its end. */
  mirror?: string;
  /** Lines for /etc/hosts: the endpoint's name on this host's own HAProxy, and every host of the rack. */
  hostsBlock: string;
  /** keepalived is wanted too. */
  virtualIp: boolean;
}

const script = readFileSync(join(__dirname, "prepareHost.sh"), "utf8");

/** Debian's package names; other distributions must have them installed before. */
const packages = [
  "ca-certificates",
  "curl",
  "conntrack",
  "haproxy",
  "iproute2",
  "iptables",
  "kmod",
  "nftables",
  "socat",
  "util-linux",
];

/** The script that prepares a host of any supported architecture: it chooses by `uname -m` when it runs. */
export function renderPrepareHost(settings: PrepareHostSettings): string {
  const common = assignments({
    RECORD: formatHostRecord(settings.record),
    ROLE: settings.role,
    KUBERNETES_VERSION: settings.record.kubernetesVersion,
    KAFKA_DATA_PATH: settings.record.kafkaDataPath,
    MIRROR: settings.mirror ?? "",
    REGISTRIES: imageRegistries.join(" "),
    PACKAGES: [...packages, ...(settings.virtualIp ? ["keepalived"] : [])].sort().join(" "),
    HOSTS_BLOCK: settings.hostsBlock,
    CONTAINERD_CONFIG: renderContainerdConfig(settings),
    CONTAINERD_UNIT: renderContainerdUnit(settings),
    KUBELET_UNIT: renderKubeletUnit(settings.goMaxProcs),
    KUBELET_DROPIN: kubeletDropIn,
  });
  return `${common}
case $(uname -m) in
x86_64)
${urls("amd64", settings)} ;;
aarch64)
${urls("arm64", settings)} ;;
*) echo "no Kubernetes release for $(uname -m)" >&2; exit 1 ;;
esac
${putFunction}${script}`;
}

function urls(architecture: Architecture, { role, record, mirror }: PrepareHostSettings): string {
  const files = hostReleaseFiles(architecture, record.kubernetesVersion);
  if (role === "control-plane") files.push(etcdRelease(architecture));
  const variables = files.flatMap((file) => variablesOf(file, mirror));
  return assignments(Object.fromEntries(variables));
}

function variablesOf({ name, url, checksumUrl }: ReleaseFile, mirror: string | undefined): [string, string][] {
  const prefix = name === "cni-plugins" ? "CNI" : name.toUpperCase();
  return [
    [`${prefix}_URL`, mirrored(url, mirror)],
    [`${prefix}_SUM`, mirrored(checksumUrl, mirror)],
  ];
}

/** `https://host/path` becomes `<mirror>/host/path`. */
export function mirrored(url: string, mirror: string | undefined): string {
  return mirror === undefined ? url : `${mirror.replace(/\/$/, "")}/${url.replace(/^https:\/\//, "")}`;
}
