#!/usr/bin/env bash
# Renews the certificates of this control plane before they end, from the authorities' keys on its disk: with no API, also after
# years switched off. The kubelet renews its own while it runs; only one that has ended is made anew here.
# In: BEFORE_DAYS, another one on each control plane, so that they do not restart on the same day.
. "$(dirname "$0")/etcd.sh"
pki=$kubernetes/pki
pending=$root/var/lib/iotef/restart-control-plane # renewed, but not everything was restarted
[ -f "$pki/apiserver.crt" ] || { say "no control plane on this host"; exit; }

# ends_within SECONDS FILE
ends_within() { ! openssl x509 -checkend "$1" -noout -in "$2" >/dev/null; }

# leaves: the certificates that kubeadm renews, those inside kubeconfigs as files of their own
leaves() {
  local name
  find "$pki" -name '*.crt' ! -name '*ca.crt'
  for name in admin controller-manager scheduler; do
    sed -n 's/.*client-certificate-data: *//p' "$kubernetes/$name.conf" 2>/dev/null | base64 -d > "$scratch/$name.crt" || true
    [ ! -s "$scratch/$name.crt" ] || printf '%s\n' "$scratch/$name.crt"
  done
}

scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT
due=
while read -r file; do
  if ends_within $((BEFORE_DAYS * 86400)) "$file"; then due=$file; fi
done < <(leaves)

if [ -n "$due" ]; then
  say "$(basename "$due") ends within $BEFORE_DAYS days; renewing all"
  mkdir -p "$(dirname "$pending")"
  touch "$pending"
  # The version is named because kubeadm would ask the internet for it; the rest it takes from the certificates as they are.
  printf 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: %s\n' "$(kubeadm version -o short)" |
    kubeadm certs renew all --config /dev/stdin >&2
fi

kubelet=$root/var/lib/kubelet/pki/kubelet-client-current.pem
if [ -f "$kubelet" ] && ends_within 0 "$kubelet"; then
  say "the kubelet's certificate has ended; making another"
  # kubeadm names the node as the kubelet's old certificate does: system:node:NAME.
  name=$(openssl x509 -noout -subject -nameopt multiline -in "$kubelet" | sed -n 's/ *commonName *= //p')
  openssl req -new -newkey rsa:2048 -nodes -keyout "$scratch/key" -subj "/O=system:nodes/CN=$name" -out "$scratch/request" 2>/dev/null
  printf 'keyUsage=critical,digitalSignature,keyEncipherment\nextendedKeyUsage=clientAuth\n' > "$scratch/uses"
  openssl x509 -req -in "$scratch/request" -CA "$pki/ca.crt" -CAkey "$pki/ca.key" -set_serial "0x$(openssl rand -hex 8)" \
    -days 365 -sha256 -extfile "$scratch/uses" -out "$scratch/crt" 2>/dev/null
  cat "$scratch/crt" "$scratch/key" > "$(dirname "$kubelet")/kubelet-client-iotef.pem"
  ln -sfn kubelet-client-iotef.pem "$kubelet"
  systemctl restart kubelet
fi

[ -f "$pending" ] || { say "all certificates last longer than $BEFORE_DAYS days"; exit; }

# container_of POD: the running container's id, or nothing
container_of() {
  local id running
  running=$(ctr -n k8s.io tasks ls | awk '$3 == "RUNNING" { print $1 }')
  for id in $(ctr -n k8s.io containers ls -q "labels.\"io.kubernetes.container.name\"==$1"); do
    grep -x "$id" <<< "$running" || true
  done
}

declare -A ended
# end POD: its container, which the kubelet starts again
end() {
  local id
  ended[$1]=$(container_of "$1")
  for id in ${ended[$1]}; do ctr -n k8s.io tasks kill -s SIGTERM "$id"; done
}

# gone POD: waits until the container that was ended is no more; an API server answers first what it was asked
gone() {
  local try
  for try in $(seq 90); do
    [ -n "${ended[$1]}" ] && [ "$(container_of "$1")" = "${ended[$1]}" ] || return 0
    sleep 1
  done
  say "$1 has not ended after $try tries; going on"
}

# await POD URL: waits until a new container is healthy
await() {
  local now try
  for try in $(seq 300); do
    now=$(container_of "$1")
    if [ -n "$now" ] && [ "$now" != "${ended[$1]}" ] && curl -sfk --max-time 5 "$2" >/dev/null; then
      say "$1 runs with its new certificates after $try s"
      return
    fi
    sleep 1
  done
  refuse "$1 did not come back within 5 minutes; the rest is restarted at the next run; see 'journalctl -u kubelet'"
}

# The API server first: its clients go on to the other ones at once. With etcd gone below it they would wait for answers in vain.
end kube-apiserver
gone kube-apiserver
end etcd
await etcd http://127.0.0.1:2381/readyz
await kube-apiserver https://127.0.0.1:6443/readyz
end kube-controller-manager
await kube-controller-manager https://127.0.0.1:10257/healthz
end kube-scheduler
await kube-scheduler https://127.0.0.1:10259/healthz
rm "$pending"
