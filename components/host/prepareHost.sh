# Brings a host to where it can join: packages, kernel, containerd, runc, CNI plugins, kubeadm, kubelet, kubectl.
# Every step looks first and acts on the difference. Files that another step must restart for are compared, not dated.

# fetch NAME URL CHECKSUM_URL: the verified file's path in $fetched; true when it was not there yet
fetch() {
  local name=$1 url=$2 sums=$3 file hash
  file="/var/lib/iotef/artifacts/$(basename "$url")-$(printf %s "$url" | cksum | cut -d' ' -f1)"
  fetched=$file
  [ -f "$file" ] && return 1
  mkdir -p /var/lib/iotef/artifacts
  # A checksum file holds either the bare hash or lines of "hash  name"; several files may share one.
  hash=$(curl -fsSL --retry 5 --retry-all-errors --connect-timeout 10 "$sums" | awk -v f="$(basename "$url")" 'NF == 1 || $2 == f || $2 == "*" f { print $1; exit }')
  [ ${#hash} = 64 ] || { echo "$name: $sums has no SHA-256 for $(basename "$url")" >&2; exit 1; }
  curl -fsSL --retry 5 --retry-all-errors --connect-timeout 10 -o "$file.part" "$url"
  echo "$hash  $file.part" | sha256sum -c --quiet - || { rm -f "$file.part"; echo "$name: $url does not have the checksum $hash" >&2; exit 1; }
  mv "$file.part" "$file"
}

# First: from here on the host is this cluster's, whatever of the rest gets done.
put /etc/iotef/host 644 <<< "$RECORD" || true

missing=
for package in $PACKAGES; do
  dpkg-query -W -f '${Status}' "$package" 2>/dev/null | grep -q 'ok installed' || missing="$missing $package"
done
if [ -n "$missing" ]; then
  command -v apt-get >/dev/null || { echo "install these packages first:$missing (this host has no apt-get)" >&2; exit 1; }
  export DEBIAN_FRONTEND=noninteractive
  apt-get update -qq >&2
  apt-get install -y -qq --no-install-recommends $missing >&2
fi

for module in overlay br_netfilter vxlan; do modprobe "$module" 2>/dev/null || true; done
printf '%s\n' overlay br_netfilter vxlan | put /etc/modules-load.d/iotef.conf 644 || true
put /etc/sysctl.d/90-iotef.conf 644 <<'CONF' || true
net.ipv4.ip_forward = 1
net.bridge.bridge-nf-call-iptables = 1
# HAProxy binds the virtual address on hosts that do not hold it at the moment.
net.ipv4.ip_nonlocal_bind = 1
fs.inotify.max_user_instances = 8192
fs.inotify.max_user_watches = 1048576
CONF
# A key that this kernel or container does not offer is no reason to stop; kubeadm checks those it needs.
sysctl -q --system >/dev/null 2>&1 || true
sysctl -qw net.ipv4.ip_forward=1

# Between markers, in place: /etc/hosts may be a mount.
hosts=$(sed '/^# iotef begin$/,/^# iotef end$/d' /etc/hosts; printf '# iotef begin\n%s\n# iotef end\n' "$HOSTS_BLOCK")
[ "$hosts" = "$(cat /etc/hosts)" ] || printf '%s\n' "$hosts" > /etc/hosts

restart_containerd=no
if fetch containerd "$CONTAINERD_URL" "$CONTAINERD_SUM" || [ ! -x /usr/local/bin/containerd ]; then
  tar -xzf "$fetched" -C /usr/local
  restart_containerd=yes
fi
if fetch runc "$RUNC_URL" "$RUNC_SUM" || [ ! -x /usr/local/sbin/runc ]; then install -m 755 "$fetched" /usr/local/sbin/runc; fi
if fetch cni-plugins "$CNI_URL" "$CNI_SUM" || [ ! -x /opt/cni/bin/bridge ]; then
  mkdir -p /opt/cni/bin
  tar -xzf "$fetched" -C /opt/cni/bin
fi
restart_kubelet=no
if fetch kubeadm "$KUBEADM_URL" "$KUBEADM_SUM" || [ ! -x /usr/bin/kubeadm ]; then install -m 755 "$fetched" /usr/bin/kubeadm; fi
if fetch kubectl "$KUBECTL_URL" "$KUBECTL_SUM" || [ ! -x /usr/bin/kubectl ]; then install -m 755 "$fetched" /usr/bin/kubectl; fi
if fetch kubelet "$KUBELET_URL" "$KUBELET_SUM" || [ ! -x /usr/bin/kubelet ]; then
  install -m 755 "$fetched" /usr/bin/kubelet
  restart_kubelet=yes
fi
# For backups and restores; a worker has no business with etcd.
if [ "$ROLE" = control-plane ] && { fetch etcd "$ETCD_URL" "$ETCD_SUM" || [ ! -x /usr/local/lib/iotef/etcd/etcdutl ]; }; then
  mkdir -p /usr/local/lib/iotef/etcd
  tar -xzf "$fetched" -C /usr/local/lib/iotef/etcd --strip-components 1 --no-same-owner --wildcards '*/etcdctl' '*/etcdutl'
fi

for registry in $REGISTRIES; do
  file=/etc/containerd/certs.d/$registry/hosts.toml
  if [ -n "$MIRROR" ]; then
    put "$file" 644 <<CONF || true
server = "https://$registry"

[host."$MIRROR/v2/$registry"]
  capabilities = ["pull", "resolve"]
  override_path = true
CONF
  else
    rm -f "$file"
  fi
done
printf '%s' "$CONTAINERD_CONFIG" | put /etc/containerd/config.toml 644 && restart_containerd=yes
printf '%s' "$CONTAINERD_UNIT" | put /etc/systemd/system/containerd.service 644 && restart_containerd=yes
printf '%s' "$KUBELET_UNIT" | put /etc/systemd/system/kubelet.service 644 && restart_kubelet=yes
printf '%s' "$KUBELET_DROPIN" | put /etc/systemd/system/kubelet.service.d/10-kubeadm.conf 644 && restart_kubelet=yes

systemctl daemon-reload
systemctl enable -q containerd kubelet
if [ $restart_containerd = yes ] || ! systemctl is-active -q containerd; then systemctl restart containerd; fi
# Before the join the kubelet has no configuration: it is started by kubeadm.
if [ $restart_kubelet = yes ] && [ -f /var/lib/kubelet/config.yaml ]; then systemctl restart kubelet; fi

# What kubeadm's own static pods lack on a busy host; it reads the folder when it makes them (renderKubeadmConfig.ts).
# kubeadm gives etcd the least weight of all, and everything waits for etcd: beside brokers that start it stood still for minutes.
put /etc/iotef/kubeadm-patches/etcd+strategic.yaml 644 <<'PATCH' || true
spec:
  containers:
    - name: etcd
      resources: {requests: {cpu: 400m}}
PATCH
# Starting an API server again does not make etcd quicker, and costs everyone's connections.
put /etc/iotef/kubeadm-patches/kube-apiserver+strategic.yaml 644 <<'PATCH' || true
spec:
  containers:
    - name: kube-apiserver
      livenessProbe: {httpGet: {path: "/livez?exclude=etcd"}}
PATCH
mkdir -p -m 700 "$KAFKA_DATA_PATH"
chown 1000:1000 "$KAFKA_DATA_PATH"
# Once in the life of a machine: its broker learns from this whether it may found the quorum (runBroker.sh).
if [ ! -e /var/lib/iotef/machine-told ]; then
  cat /etc/machine-id > "$KAFKA_DATA_PATH/.iotef-machine"
  chmod 644 "$KAFKA_DATA_PATH/.iotef-machine"
  : > /var/lib/iotef/machine-told
fi

# The images of a control plane take long on a slow link; here all hosts pull side by side.
if [ ! -f /etc/kubernetes/kubelet.conf ] && [ "$ROLE" = control-plane ]; then
  kubeadm config images pull --kubernetes-version "v$KUBERNETES_VERSION" --cri-socket unix:///run/containerd/containerd.sock >&2
fi

# The only output: which machine this is.
cat /etc/machine-id
