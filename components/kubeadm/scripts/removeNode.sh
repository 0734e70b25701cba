# HOST leaves the cluster: its etcd member first, then its node. No SSH to the host itself, which may be dead.
# Without another control plane that serves there is no cluster left to take it out of.
find_server
if [ -z "$server" ]; then
  say "no other control plane serves; nothing to take it out of"
  exit
fi
forget_member
on "$server" "kubectl $admin delete node $HOST --ignore-not-found --wait=false" </dev/null >/dev/null
say "left the cluster"
