/** A snapshot of etcd that a control plane holds. */
export interface Snapshot {
  /** Whose data it is. */
  member: string;
  path: string;
  revision: number;
  bytes: number;
  made: Date;
}

/** What surveyEtcd.sh says of one control plane. */
export interface Survey {
  /** The means to restore are on the host. */
  upkeep: boolean;
  /** Name of its etcd member; undefined on a host that is no control plane (any more). */
  member?: string;
  /** etcd's data is on its disk. */
  data: boolean;
  /** Its etcd reads with a majority; undefined while etcd is stopped. */
  quorum?: boolean;
  /** Members that etcd knows, where it has a majority. */
  members: string[];
  /** A restore was begun here and has not ended. */
  begun: boolean;
  /** Of the data that its etcd has; undefined while that does not answer. */
  revision?: number;
  /** When the first of its certificates ends. */
  certificates?: Date;
  snapshots: Snapshot[];
}

const backups = "/var/lib/iotef/backup";

/** @param text key=value lines of surveyEtcd.sh; nothing where that is not installed */
export function parseSurvey(text: string): Survey {
  const pairs = text
    .split("\n")
    .map((line) => [line.slice(0, line.indexOf("=")), line.slice(line.indexOf("=") + 1)] as const);
  const values = new Map(pairs);
  const get = (key: string): string | undefined => values.get(key)?.trim() || undefined;
  const [member, quorum, revision, certificates] = ["member", "quorum", "revision", "certificates"].map(get);
  return {
    upkeep: get("upkeep") === "yes",
    data: get("data") === "yes",
    begun: get("begun") === "yes",
    members: (get("members") ?? "").split(" ").filter(Boolean),
    snapshots: pairs.filter(([key]) => key === "snapshot").map(([, value]) => parseSnapshot(value)),
    ...(member === undefined ? {} : { member }),
    ...(quorum === undefined ? {} : { quorum: quorum === "yes" }),
    ...(revision === undefined ? {} : { revision: Number(revision) }),
    ...(certificates === undefined ? {} : { certificates: new Date(Number(certificates) * 1000) }),
  };
}

/** `edge-m1 000000012345-20261126T010203Z.db 1048608 1795654923`: whose, file, bytes, when it was made. */
function parseSnapshot(line: string): Snapshot {
  const [member = "", file = "", bytes, made] = line.split(" ");
  return {
    member,
    path: `${backups}/${member}/${file}`,
    revision: Number(file.split("-")[0]),
    bytes: Number(bytes),
    made: new Date(Number(made) * 1000),
  };
}
