import { images } from "../../core/artifacts";
import { renderGoMaxProcs } from "./renderKubelet";

export interface ContainerdSettings {
  /** For hosts that may not lower oom_score_adj. */
  restrictOomScoreAdj: boolean;
  /** How often container statistics are collected; 1 s, containerd's default, costs 20 milli-cores a host (facts/supply.md). */
  statsPeriodSeconds: number;
  /** Processors that the kubelet and containerd each use at the most; all where missing. */
  goMaxProcs?: number;
}

/** containerd's config.toml, version 3. The sandbox image is kubeadm's own pause: another one dies by garbage collection offline. */
export function renderContainerdConfig({ restrictOomScoreAdj, statsPeriodSeconds }: ContainerdSettings): string {
  return `version = 3

[plugins."io.containerd.cri.v1.images"]
  snapshotter = "overlayfs"
  [plugins."io.containerd.cri.v1.images".pinned_images]
    sandbox = "${images.pause}"
  [plugins."io.containerd.cri.v1.images".registry]
    config_path = "/etc/containerd/certs.d"

[plugins."io.containerd.cri.v1.runtime"]
  restrict_oom_score_adj = ${restrictOomScoreAdj}
  stats_collect_period = "${statsPeriodSeconds}s"
  stats_retention_period = "${Math.max(120, statsPeriodSeconds * 10)}s"
  [plugins."io.containerd.cri.v1.runtime".containerd]
    default_runtime_name = "runc"
    [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc]
      runtime_type = "io.containerd.runc.v2"
      [plugins."io.containerd.cri.v1.runtime".containerd.runtimes.runc.options]
        BinaryName = "/usr/local/sbin/runc"
        SystemdCgroup = true
  [plugins."io.containerd.cri.v1.runtime".cni]
    bin_dirs = ["/opt/cni/bin"]
    conf_dir = "/etc/cni/net.d"
`;
}

/** containerd's unit, as upstream ships it, without limits that an unprivileged host must not raise. */
export function renderContainerdUnit({ goMaxProcs }: ContainerdSettings): string {
  return `[Unit]
Description=containerd container runtime
Documentation=https://containerd.io
After=network.target local-fs.target

[Service]
${renderGoMaxProcs(goMaxProcs)}ExecStart=/usr/local/bin/containerd
Type=notify
Delegate=yes
KillMode=process
Restart=always
RestartSec=5
LimitNPROC=infinity
LimitCORE=infinity
TasksMax=infinity

[Install]
WantedBy=multi-user.target
`;
}
