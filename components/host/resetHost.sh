# Gives a host back: what the join and the preparation put there goes. Tolerates that it is gone already.
if command -v kubeadm >/dev/null; then
  kubeadm reset -f --cri-socket unix:///run/containerd/containerd.sock --cleanup-tmp-dir >/var/log/iotef-reset.log 2>&1 || true
fi
systemctl disable -q --now kubelet haproxy keepalived 2>/dev/null || true
systemctl revert haproxy keepalived 2>/dev/null || true
if systemctl is-active -q containerd; then
  for task in $(ctr -n k8s.io tasks ls -q 2>/dev/null); do ctr -n k8s.io tasks kill -s KILL "$task" >/dev/null 2>&1 || true; done
fi
systemctl disable -q --now containerd 2>/dev/null || true
for link in cni0 flannel.1; do ip link del "$link" 2>/dev/null || true; done
# kube-proxy's and Flannel's own tables; nothing else of the host's firewall.
for table in kube-proxy flannel-ipv4 flannel-ipv6; do for family in ip ip6 inet; do nft delete table "$family" "$table" 2>/dev/null || true; done; done
for mount in $(awk '$2 ~ "^/var/lib/kubelet/|^/run/containerd/|^/run/netns/cni-" { print $2 }' /proc/mounts | sort -r); do umount -l "$mount" 2>/dev/null || true; done
rm -rf /etc/cni/net.d /var/lib/cni /run/flannel /etc/kubernetes /root/.kube /var/lib/etcd/member
find /var/lib/kubelet -mindepth 1 -maxdepth 1 -exec rm -rf {} + 2>/dev/null || true
rm -f /etc/systemd/system/kubelet.service /etc/systemd/system/kubelet.service.d/10-kubeadm.conf /etc/systemd/system/containerd.service
rm -f /etc/containerd/config.toml /etc/sysctl.d/90-iotef.conf /etc/modules-load.d/iotef.conf
rm -rf /etc/containerd/certs.d /etc/iotef /usr/local/lib/iotef
hosts=$(sed '/^# iotef begin$/,/^# iotef end$/d' /etc/hosts)
printf '%s\n' "$hosts" > /etc/hosts
# The broker's records go with the host: a cluster made anew has another id, and would refuse them. What marks the folder as a
# broker's goes last, and a folder without a mark is somebody else's.
if [ -e "$KAFKA_DATA_PATH/meta.properties" ] || [ -e "$KAFKA_DATA_PATH/.iotef-machine" ]; then
  find "$KAFKA_DATA_PATH" -mindepth 1 -maxdepth 1 ! -name lost+found ! -name meta.properties ! -name .iotef-machine -exec rm -rf {} +
  rm -f "$KAFKA_DATA_PATH/meta.properties" "$KAFKA_DATA_PATH/.iotef-machine"
fi
rm -f /var/lib/iotef/machine-told
systemctl daemon-reload
