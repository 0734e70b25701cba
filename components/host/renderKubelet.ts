/**
 * The kubelet's unit as the Kubernetes packages ship it; ordered after time synchronisation: boards without a clock boot in the past.
 * @param goMaxProcs processors that it uses at the most; all where missing
 */
export function renderKubeletUnit(goMaxProcs?: number): string {
  return `[Unit]
Description=kubelet: The Kubernetes Node Agent
Documentation=https://kubernetes.io/docs/
Wants=network-online.target
After=network-online.target time-sync.target containerd.service

[Service]
${renderGoMaxProcs(goMaxProcs)}ExecStart=/usr/bin/kubelet
Restart=always
StartLimitInterval=0
RestartSec=5

[Install]
WantedBy=multi-user.target
`;
}

/** The line of a unit, with its end, or nothing. */
export function renderGoMaxProcs(goMaxProcs?: number): string {
  return goMaxProcs === undefined ? "" : `Environment=GOMAXPROCS=${goMaxProcs}\n`;
}

/** kubeadm's drop-in for the kubelet. */
export const kubeletDropIn = `[Service]
Environment="KUBELET_KUBECONFIG_ARGS=--bootstrap-kubeconfig=/etc/kubernetes/bootstrap-kubelet.conf --kubeconfig=/etc/kubernetes/kubelet.conf"
Environment="KUBELET_CONFIG_ARGS=--config=/var/lib/kubelet/config.yaml"
EnvironmentFile=-/var/lib/kubelet/kubeadm-flags.env
EnvironmentFile=-/etc/default/kubelet
ExecStart=
ExecStart=/usr/bin/kubelet $KUBELET_KUBECONFIG_ARGS $KUBELET_CONFIG_ARGS $KUBELET_KUBEADM_ARGS $KUBELET_EXTRA_ARGS
`;
