# HOST leaves the cluster: its etcd member first, then its node. No SSH to the host itself, which may be dead.
# Again until it succeeds, each time through a control plane that serves at that moment: when hosts leave side by side, the
# one that was asked may be the next to go, and connections break until HAProxy leaves its API server out.
# Where none serves there is no cluster left to take it out of; where some cannot even be reached, that is believed after minutes only:
# it may be this machine's own network that is away, and a member that is forgotten here votes on.
# Its ten minutes and the longest try end before the resource's 15 minutes, which would end it without a word.
limit=600
alone=0
leave() {
  find_server
  if [ -z "$server" ]; then
    alone=$((alone + 1))
    return 1
  fi
  alone=0
  forget_own && on "$server" "$kubectl delete node $HOST --ignore-not-found --wait=false" </dev/null >/dev/null
}

while [ $SECONDS -lt $limit ]; do
  if leave; then
    say "left the cluster"
    exit
  fi
  if [[ $others == *=unreachable* ]]; then enough=12; else enough=2; fi
  if [ $alone -ge $enough ]; then
    say "no other control plane serves ($others); nothing to take it out of"
    exit
  fi
  say "${server_name:-no server} did not do it after $SECONDS of $limit s; again in 5 s" >&2
  sleep 5
done
refuse "did not leave the cluster in $SECONDS s, see above; look at 'kubectl get nodes' on a control plane ($others)"
