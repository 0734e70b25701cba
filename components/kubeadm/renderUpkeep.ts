import { readFileSync } from "node:fs";
import { join } from "node:path";
import { assignments, putFunction } from "../host";

/** How a control plane is looked after; plain data. */
export interface UpkeepSettings {
  /** Time between two snapshots of etcd. */
  intervalHours: number;
  /** Snapshots kept of each member. */
  keep: number;
  /** Place of this host among the control planes, sorted by name. */
  position: number;
}

/**
 * Certificates live for a year. With a third of it left a site that is cut off or switched off has months before they end,
 * and whoever reads a kubeconfig gets one that outlasts the quarter (kubeadmCluster.ts).
 */
const renewBeforeDays = 120;
/** Control planes renew on different days: each restarts its etcd and API server once. */
const daysApart = 2;

const folder = join(__dirname, "upkeep");
const load = (file: string): string => readFileSync(join(folder, file), "utf8");

/** The script that puts the upkeep of one control plane in place. */
export function renderUpkeep({ intervalHours, keep, position }: UpkeepSettings): string {
  const beforeDays = renewBeforeDays - daysApart * position;
  const variables = assignments({
    ETCD: load("etcd.sh"),
    BACKUP_ETCD: load("backupEtcd.sh"),
    SURVEY_ETCD: load("surveyEtcd.sh"),
    RESTORE_ETCD: load("restoreEtcd.sh"),
    RENEW_CERTIFICATES: load("renewCertificates.sh"),
    BACKUP_SERVICE: service("Snapshots of etcd", "backup-etcd", `KEEP=${keep}`),
    BACKUP_TIMER: timer("Snapshots of etcd", "15min", `${intervalHours}h`),
    CERTIFICATES_SERVICE: service("Renewal of certificates", "renew-certificates", `BEFORE_DAYS=${beforeDays}`),
    CERTIFICATES_TIMER: timer("Renewal of certificates", "5min", "1d"),
  });
  return `${variables}\n${putFunction}${load("installUpkeep.sh")}`;
}

/** The script for a host that is given back. */
export const removeUpkeep = load("removeUpkeep.sh");

function service(description: string, program: string, environment: string): string {
  return `[Unit]
Description=${description}
After=containerd.service

[Service]
Type=oneshot
Environment=${environment}
ExecStart=/usr/local/lib/iotef/${program}
Nice=19
IOSchedulingClass=idle
TimeoutStartSec=1h
`;
}

/** By the time since the last run, not by the clock: boards without one of their own boot in the past. */
function timer(description: string, first: string, interval: string): string {
  return `[Unit]
Description=${description}

[Timer]
OnActiveSec=${first}
OnUnitActiveSec=${interval}
RandomizedDelaySec=5min

[Install]
WantedBy=timers.target
`;
}
