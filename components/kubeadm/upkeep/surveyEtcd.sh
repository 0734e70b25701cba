#!/usr/bin/env bash
# Prints what a restore must know of this host, as key=value lines. Reads only.
. "$(dirname "$0")/etcd.sh"
if [ -f "$manifest" ] || [ -f "$parked/etcd.yaml" ]; then say "member=$(flag name)"; fi
if [ -d "$data/iotef-restore" ]; then say "begun=yes"; fi
if [ -f "$data/member/snap/db" ]; then say "data=yes"; fi
if [ -f "$manifest" ]; then
  if has_quorum; then
    say "quorum=yes"
    say "members=$(etcdctl --endpoints "$(own_endpoint)" --command-timeout 20s member list 2>/dev/null | awk -F', ' '{ printf "%s ", $3 }')"
  else
    say "quorum=no"
  fi
  status=$(etcdctl --endpoints "$(own_endpoint)" --command-timeout 5s endpoint status -w json 2>/dev/null) || status=
  say "revision=$(sed -n 's/.*"revision":\([0-9]*\).*/\1/p' <<< "$status")"
fi
# The certificate that ends first; all of kubeadm's are made together.
for file in "$kubernetes"/pki/*.crt "$kubernetes"/pki/etcd/*.crt; do
  [ ! -f "$file" ] || date -d "$(openssl x509 -noout -enddate -in "$file" | cut -d= -f2)" +%s
done | sort -n | sed -n '1s/^/certificates=/p'
for folder in "$backups"/*/; do
  for file in $(snapshots "$folder"); do
    say "snapshot=$(basename "$folder") $file $(stat -c '%s %Y' "$folder$file")"
  done
done
