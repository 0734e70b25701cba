#!/usr/bin/env bash
# Saves the data of every etcd member on this host, its own first. So each control plane's backup is on all the others too: it
# comes over etcd's own TLS, which they share already, and follows the list of members by itself.
# In: KEEP (snapshots per member).
. "$(dirname "$0")/etcd.sh"
[ -f "$manifest" ] || { say "no etcd on this host"; exit; }
mkdir -p "$backups"
exec 9> "$backups/.lock"
flock -n 9 || { say "a backup is being made already"; exit; }

# save MEMBER ENDPOINT
save() {
  local folder=$backups/$1 part=$backups/$1/part revision name
  mkdir -p "$folder"
  rm -f "$part" "$part.part"
  # Asked first: `snapshot save` would wait for a dead member until its time is over.
  { etcdctl --endpoints "$2" --command-timeout 15s endpoint status &&
    etcdctl --endpoints "$2" --command-timeout 10m snapshot save "$part"; } >/dev/null 2> "$backups/.error" ||
    { say "$1: not saved: $(tail -n 1 "$backups/.error")"; return 1; }
  is_whole "$part" && revision=$(revision_of "$part") || { say "$1: what arrived is damaged"; rm -f "$part"; return 1; }
  name=$(printf '%012d-%s.db' "$revision" "$(date -u +%Y%m%dT%H%M%SZ)")
  sync "$part"
  mv "$part" "$folder/$name"
  say "$1: saved revision $revision, $(stat -c %s "$folder/$name") bytes"
  snapshots "$folder" | head -n "-$KEEP" | while read -r old; do rm -f "$folder/$old"; done
}

self=$(flag name)
save "$self" "$(own_endpoint)" || failed=yes
# Without a quorum nobody says who else is there; the own data is saved all the same.
members=$(etcdctl --endpoints "$(own_endpoint)" --command-timeout 20s member list 2>/dev/null) || members=
missed=
while IFS=', ' read -r _ state name _ clients _; do
  if [ "$state" != started ] || [ "$name" = "$self" ]; then continue; fi
  save "$name" "${clients%%,*}" || missed="$missed $name"
done <<< "$members"

# What a control plane left behind that is no longer a member goes a month after its last snapshot.
if [ -n "$members" ] && [ -z "$missed" ]; then
  for folder in "$backups"/*/; do
    name=$(basename "$folder")
    grep -q ", $name, " <<< "$members" || [ -n "$(find "$folder" -name '*.db' -mtime -30)" ] || rm -rf "$folder"
  done
fi
[ -z "${failed:-}" ] || refuse "this host's own member was not saved"
