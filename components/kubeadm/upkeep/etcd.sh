# Sourced by the scripts of this folder, which installUpkeep.sh puts on every control plane. They need no API and no Pulumi:
# what they know comes from the static pod's manifest and the disk.
# ROOT goes before every path: tests run them beside an etcd of their own.
set -euo pipefail
umask 077
root=${ROOT:-}
kubernetes=$root/etc/kubernetes
manifest=$kubernetes/manifests/etcd.yaml
parked=$kubernetes/iotef-restore # manifests that the kubelet must not see while etcd's data changes hands
data=$root/var/lib/etcd
backups=$root/var/lib/iotef/backup # <member>/<revision>-<time>.db
tools=$root/usr/local/lib/iotef/etcd

say() { printf '%s\n' "$*"; }
refuse() { printf '%s\n' "$*" >&2; exit 1; }

# flag NAME: its value in the manifest, wherever that is at the moment
flag() {
  local file=$manifest
  [ -f "$file" ] || file=$parked/etcd.yaml
  [ ! -f "$file" ] || sed -n "s/^ *- --$1=//p" "$file"
}

# own_endpoint: where the own member is asked
own_endpoint() { flag listen-client-urls | cut -d, -f1; }

etcdctl() {
  local pki=$kubernetes/pki/etcd
  "$tools/etcdctl" --cacert "$pki/ca.crt" --cert "$pki/healthcheck-client.crt" --key "$pki/healthcheck-client.key" "$@"
}

# has_quorum: a read that a majority confirms, tried for half a minute; a busy member answers late
has_quorum() {
  local try
  for try in 1 2 3 4; do
    if etcdctl --endpoints "$(own_endpoint)" --command-timeout 5s endpoint health >/dev/null 2>&1; then return; fi
    [ "$try" = 4 ] || sleep 3
  done
  return 1
}

# is_whole FILE: a snapshot ends with the SHA-256 of what stands before, as etcd sent it
is_whole() {
  [ -s "$1" ] && [ "$(head -c -32 "$1" | sha256sum | cut -d' ' -f1)" = "$(tail -c 32 "$1" | od -An -v -tx1 | tr -d ' \n')" ]
}

# revision_of FILE: of a snapshot or a database; fails when its pages are damaged
revision_of() {
  local status
  status=$("$tools/etcdutl" snapshot status "$1" -w json 2>/dev/null) || return
  sed -n 's/.*"revision":\([0-9]*\).*/\1/p' <<< "$status"
}

# snapshots FOLDER: oldest first. By revision, which a restore raises and no clock that was wrong can turn back.
snapshots() { find "$1" -maxdepth 1 -name '*.db' -printf '%f\n' 2>/dev/null | sort; }
