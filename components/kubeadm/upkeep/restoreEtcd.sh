#!/usr/bin/env bash
# Makes this host's etcd a cluster of one, with its own data or a snapshot's, after the majority is lost for good. The data that
# was there is kept. Killed at any point it is simply run again. `./scripts/restore` runs it, a person on the host may too.
# Argument: own | newest | the path of a snapshot.
. "$(dirname "$0")/etcd.sh"
asked=${1:-own}
work=$data/iotef-restore # here, because the folders change places by renaming: one file system
member=$(flag name)
[ -n "$member" ] || refuse "this host has no etcd: neither $manifest nor $parked/etcd.yaml is there"
exec 9> "$kubernetes/.iotef-restore.lock"
flock -n 9 || refuse "a restore is running on this host already"

# A restore that was begun stopped etcd; one that has swapped the data only wants its end.
if [ -f "$manifest" ] && [ ! -d "$work/swapped" ] && has_quorum; then refuse "etcd has its majority: there is nothing to restore"; fi

# newest: the snapshot of the highest revision, whichever member's
newest() {
  find "$backups" -mindepth 2 -name '*.db' -printf '%f %p\n' 2>/dev/null | sort | tail -n 1 | cut -d' ' -f2-
}

# What is wrong with a snapshot is said before anything is stopped.
if [ "$asked" = newest ]; then
  asked=$(newest)
  [ -n "$asked" ] || refuse "there is no snapshot in $backups"
fi
if [ "$asked" = own ]; then
  [ -f "$data/member/snap/db" ] || [ -d "$work/swapped" ] || [ -d "$work/new" ] || refuse "this host's etcd has no data; restore from a snapshot"
else
  [ -f "$asked" ] || refuse "$asked: no such file on this host"
  is_whole "$asked" || refuse "$asked is damaged; take another snapshot"
fi
mkdir -p "$work" "$parked"

# within SECONDS WHAT COMMAND...: waits until it succeeds, and says so every 10 s
within() {
  local limit=$1 what=$2 start=$SECONDS said=$SECONDS
  shift 2
  until "$@"; do
    [ $((SECONDS - start)) -lt "$limit" ] || refuse "$what: not so after $limit s; see 'ctr -n k8s.io containers ls' and 'journalctl -u kubelet'; run this again"
    if [ $((SECONDS - said)) -ge 10 ]; then say "waiting: $what ($((SECONDS - start)) s)" && said=$SECONDS; fi
    sleep 1
  done
}

# The API server first: it must not answer from what it remembers.
for pod in kube-apiserver etcd; do
  [ ! -f "$kubernetes/manifests/$pod.yaml" ] || { say "stopping $pod"; mv "$kubernetes/manifests/$pod.yaml" "$parked/"; }
done
listens() { (exec 3<> "/dev/tcp/127.0.0.1/$1") 2>/dev/null; }
closed() { ! listens "$1"; }
# etcd holds this lock until the last write is on the disk.
unlocked() { [ ! -f "$data/member/snap/db" ] || flock -n "$data/member/snap/db" true; }
if [ -f "$parked/kube-apiserver.yaml" ]; then within 300 "the API server has stopped" closed 6443; fi
etcd_port=$(own_endpoint | sed 's/.*://')
within 300 "etcd has stopped" closed "$etcd_port"
within 60 "etcd has let go of its data" unlocked

# make_data: $work/new becomes the data folder of a cluster of one
make_data() {
  local source=$asked check= revision peers
  if [ "$source" = own ]; then
    source=$work/own.db check=--skip-hash-check # a database has no hash at its end; its pages are looked at below
    rm -f "$source"
    cp --sparse=always "$data/member/snap/db" "$source"
  fi
  revision=$(revision_of "$source") || refuse "$source is damaged; run this again with a snapshot, for example newest"
  say "restoring revision $revision from $source"
  peers=$(flag initial-advertise-peer-urls)
  rm -rf "$work/new.part"
  # A new cluster id: a lost member that comes back is refused. The revision jumps, and everything before counts as compacted:
  # whoever watched the old cluster reads again instead of waiting for a number that means something else now.
  "$tools/etcdutl" snapshot restore "$source" $check --data-dir "$work/new.part" --name "$member" \
    --initial-cluster "$member=$peers" --initial-advertise-peer-urls "$peers" \
    --initial-cluster-token "iotef-$(date -u +%Y%m%dT%H%M%SZ)-$RANDOM" --bump-revision 1000000000 --mark-compacted \
    2> "$work/log" || { tail -n 5 "$work/log" >&2; refuse "etcdutl could not restore $source"; }
  mv "$work/new.part" "$work/new"
}

# $work/kept names where the old data goes. Once the new data is in place only the start is left to do.
[ -f "$work/kept" ] || { printf '%s\n' "before-restore-$(date -u +%Y%m%dT%H%M%SZ)" > "$work/kept.part" && mv "$work/kept.part" "$work/kept"; }
kept=$data/$(cat "$work/kept")
if [ -d "$work/swapped" ]; then
  say "the data is in place already"
else
  if [ ! -d "$kept" ]; then
    rm -rf "$work/new"
    make_data
    mkdir "$kept"
  fi
  # Old data away, new data in: each a rename, and each done only once.
  if [ -d "$work/new/member" ]; then
    if [ -d "$data/member" ]; then mv "$data/member" "$kept/"; fi
    mv "$work/new/member" "$data/member"
  fi
  sync
  mkdir "$work/swapped"
  say "the old data is in $kept"
fi

[ ! -f "$parked/etcd.yaml" ] || { say "starting etcd"; mv "$parked/etcd.yaml" "$kubernetes/manifests/"; }
within 600 "etcd answers" has_quorum
if [ -f "$parked/kube-apiserver.yaml" ]; then say "starting the API server" && mv "$parked/kube-apiserver.yaml" "$kubernetes/manifests/"; fi
serves() { curl -sfk --max-time 5 https://127.0.0.1:6443/readyz >/dev/null; }
if [ -f "$kubernetes/manifests/kube-apiserver.yaml" ]; then within 600 "the API server answers" serves; fi
# Out of the way in one step: half of it would be taken for a restore that goes on.
mv "$work" "$kept/work"
rm -rf "$kept/work" "$parked"
say "etcd is a cluster of one: $member"
