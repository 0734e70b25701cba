# HOST leaves the cluster: its etcd member first, then its node. No SSH to the host itself, which may be dead.
# Without another control plane that serves there is no cluster left to take it out of.
find_server
if [ -z "$server" ]; then
  say "no other control plane serves; nothing to take it out of"
  exit
fi

# patiently COMMAND...: again until it succeeds. When a member goes, its host's API server breaks connections until HAProxy
# leaves it out; workers that go at the same time see that too.
patiently() {
  local try
  for try in $(seq 24); do
    ! "$@" || return 0
    say "try $try failed; again in 5 s" >&2
    sleep 5
  done
  refuse "did not leave the cluster: $server_name refused for two minutes, see above; look at 'kubectl get nodes' there"
}
forget_node() {
  on "$server" "kubectl $admin delete node $HOST --ignore-not-found --wait=false" </dev/null >/dev/null
}

patiently forget_member
patiently forget_node
say "left the cluster"
