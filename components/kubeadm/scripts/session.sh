# Sourced before the other scripts of this folder. They run on the operator's machine, because a join needs two hosts: a
# healthy control plane that makes a token, and the host that joins. Token and key go from one to the other through a pipe
# and are seen by no state, no log and no process list.
#
# In the environment: HOST, ADDRESS (the host this is about), SSH_USER, SSH_PORT, SSH_KEY (a path), KNOWN_HOSTS (lines),
# CONTROL_PLANES (the other configured control planes, lines of "name address"), LABELS ("key=value" lines),
# KUBERNETES_VERSION.
set -euo pipefail
session=$(mktemp -d "${TMPDIR:-/tmp}/iotef-ssh.XXXXXX")
trap 'rm -rf "$session"' EXIT
printf '%s\n' "$KNOWN_HOSTS" > "$session/known_hosts"
admin="--kubeconfig /etc/kubernetes/admin.conf"
# By the API server of the host it runs on, which find_server has just asked, and never longer than a minute: the kubeconfig's
# server is the balanced name, and behind that may be an API server whose etcd has just left, which never answers an exec.
kubectl="timeout 60 kubectl $admin --server https://127.0.0.1:6443"

# on ADDRESS COMMAND: runs it there as root; standard input is passed on
on() {
  local address=$1
  shift
  ssh -i "$SSH_KEY" -p "$SSH_PORT" -o BatchMode=yes -o IdentitiesOnly=yes -o ConnectTimeout=10 -o ServerAliveInterval=10 \
    -o StrictHostKeyChecking=yes -o UserKnownHostsFile="$session/known_hosts" -o LogLevel=ERROR "$SSH_USER@$address" "$@"
}

say() { printf '%s: %s\n' "$HOST" "$*"; }
refuse() { printf '%s: %s\n' "$HOST" "$*" >&2; exit 1; }

# state_of ADDRESS: serving | stopped (was a control plane, does not answer) | none (never was one) | unreachable
state_of() {
  local answer
  answer=$(on "$1" "if [ ! -f /etc/kubernetes/manifests/kube-apiserver.yaml ]; then echo none
    elif timeout 20 $kubectl get --raw /readyz >/dev/null 2>&1; then echo serving
    else echo stopped; fi" </dev/null 2>/dev/null) || answer=unreachable
  echo "$answer"
}

# find_server: sets server (address) and server_name to a control plane other than this host that serves the API, or to nothing;
# others holds "name=state" of all that were asked
find_server() {
  server= server_name= others=
  local name address state
  while read -r name address; do
    [ -n "$name" ] || continue
    state=$(state_of "$address")
    others="$others$name=$state "
    if [ "$state" = serving ]; then server=$address server_name=$name; return; fi
  done <<< "$CONTROL_PLANES"
}

# await_server: find_server, again for five minutes while there is a control plane that does not serve at the moment. One that
# has just started, or whose disk is busy, says now and then that it is not ready.
await_server() {
  local try
  for try in $(seq 60); do
    find_server
    if [ -n "$server" ] || [[ $others != *=stopped* ]]; then return; fi
    say "no control plane serves the API ($others); asking again in 5 s" >&2
    sleep 5
  done
}

# again COMMAND...: until it succeeds, for a minute. For requests that may be repeated: an API server under load breaks off.
again() {
  local try
  for try in $(seq 11); do
    ! "$@" || return 0
    say "${server_name:-it} did not do it; again in 5 s" >&2
    sleep 5
  done
  "$@"
}

# etcdctl_on_server ARGUMENTS...: on the etcd member of the server that find_server found
etcdctl_on_server() {
  on "$server" "$kubectl -n kube-system exec etcd-$server_name -- etcdctl --endpoints https://127.0.0.1:2379 \
    --cacert /etc/kubernetes/pki/etcd/ca.crt --cert /etc/kubernetes/pki/etcd/server.crt --key /etc/kubernetes/pki/etcd/server.key $*" </dev/null
}

# member_list: the members of etcd, lines of "id, status, name, peer URL, client URL, is a learner"
member_list() { etcdctl_on_server member list; }

# is_voter FILE: whether this host is a member that has started and votes, by the member list in FILE
is_voter() {
  awk -F', ' -v host="$HOST" '$2 == "started" && $3 == host && $6 == "false" { found = 1 } END { exit !found }' "$1"
}

# forget_own: the etcd member with this host's name goes, or the one at its address that never started
forget_own() {
  local members ids
  members=$(member_list) || return
  ids=$(awk -F', ' -v host="$HOST" -v url="https://$ADDRESS:2380" '$3 == host || ($3 == "" && $4 == url) { print $1 }' <<< "$members")
  remove_members "$ids"
}

# forget_members: before a join. Those that stand in its way: this host's own from a life before, by its name and by its address,
# and those of hosts that are no control planes any more and do not answer (etcd takes no new member while one is away; a host that
# leaves is taken out after the others have come). A host that was rebuilt, or a join that died half-way, leaves one behind
# (facts/provisioning.md 2.1, 2.3).
forget_members() {
  local members ids rack
  members=$(member_list) || return
  rack=" $HOST $(awk '{ printf "%s ", $1 }' <<< "$CONTROL_PLANES")"
  ids=$(awk -F', ' -v host="$HOST" -v url="https://$ADDRESS:2380" '$3 == host || $4 == url { print $1 }' <<< "$members")
  local id client said
  while read -r id client; do
    [ -n "$id" ] || continue
    said=$(etcdctl_on_server endpoint health --command-timeout 10s --endpoints "$client" 2>&1) || true
    # What could not be asked is not dead.
    ! grep -qF "$client is unhealthy" <<< "$said" || ids="$ids"$'\n'"$id"
  done <<< "$(awk -F', ' -v rack="$rack" '$3 != "" && index(rack, " " $3 " ") == 0 { print $1, $5 }' <<< "$members")"
  remove_members "$ids"
}

remove_members() {
  local id
  for id in $(sort -u <<< "$1"); do
    say "removing the old etcd member $id"
    etcdctl_on_server member remove "$id" >&2 || return
  done
}

# upload_certificates: those that a control plane needs, encrypted, into the cluster; the last line is the key
upload_certificates() {
  # The version is named because kubeadm would ask the internet for it.
  printf 'apiVersion: kubeadm.k8s.io/v1beta4\nkind: ClusterConfiguration\nkubernetesVersion: v%s\n' "$KUBERNETES_VERSION" |
    on "$server" "timeout 180 kubeadm init phase upload-certs --upload-certs --config /dev/stdin $admin"
}

# join_through_server: JOIN_CONFIG with a fresh token (and key) goes to this host; the token ends with the join
join_through_server() {
  local command token hash key=
  command=$(again on "$server" "timeout 180 kubeadm token create $admin --ttl 30m --print-join-command" </dev/null)
  token=$(sed -n 's/.*--token \([^ ]*\).*/\1/p' <<< "$command")
  hash=$(sed -n 's/.*--discovery-token-ca-cert-hash \([^ ]*\).*/\1/p' <<< "$command")
  if grep -q @CERTIFICATE_KEY@ <<< "$JOIN_CONFIG"; then
    key=$(again upload_certificates | tail -n 1)
  fi
  local config=${JOIN_CONFIG//@TOKEN@/$token}
  config=${config//@CA_HASH@/$hash}
  config=${config//@CERTIFICATE_KEY@/$key}
  local failed=0
  on "$ADDRESS" 'umask 077; file=/dev/shm/iotef-join.yaml; trap "rm -f $file" EXIT; cat > $file
    kubeadm join --config $file > /var/log/iotef-join.log 2>&1 || { tail -n 15 /var/log/iotef-join.log >&2; exit 1; }' <<< "$config" || failed=1
  on "$server" "timeout 180 kubeadm token delete $admin ${token%%.*}" </dev/null >/dev/null 2>&1 || true
  # Workers join at the same time and must leave it alone.
  [ -z "$key" ] || on "$server" "$kubectl -n kube-system delete secret kubeadm-certs --ignore-not-found" </dev/null >/dev/null 2>&1 || true
  [ $failed = 0 ] || refuse "kubeadm join failed; its log is /var/log/iotef-join.log on the host"
}

# label_node ADDRESS_OF_A_CONTROL_PLANE: the node gets LABELS and loses those that it got here before and that are no more among
# them, by an annotation that names them. What others have put on the node is theirs.
label_node() {
  local keys had key gone=
  keys=$(sed 's/=.*//' <<< "$LABELS" | paste -sd,)
  had=$(again on "$1" "$kubectl get node $HOST -o jsonpath={.metadata.annotations.iotef-labels}" </dev/null)
  [ "$had$keys" != "" ] || return 0
  for key in ${had//,/ }; do
    [[ ",$keys," == *",$key,"* ]] || gone="$gone $key-"
  done
  again on "$1" "$kubectl label node $HOST --overwrite $(tr '\n' ' ' <<< "$LABELS")$gone" </dev/null >/dev/null
  [ "$had" = "$keys" ] || again on "$1" "$kubectl annotate node $HOST --overwrite iotef-labels=$keys" </dev/null >/dev/null
}
