# A host that left the configuration and is dead holds pods that nobody can end, among them a broker, whose volume could not go
# either. Kubernetes' own mark for a machine that is down for good lets go of them. Only nodes that are not Ready get it.
# Beside session.sh's: RACK, the names of the configured hosts.
await_server
[ -n "$server" ] || { printf 'no control plane serves the API: %s\n' "$others" >&2; exit 1; }
again on "$server" "$kubectl get nodes --no-headers" </dev/null > "$session/nodes"
while read -r node status _; do
  [[ " $RACK " != *" $node "* && $status == NotReady* ]] || continue
  again on "$server" "$kubectl taint node $node --overwrite node.kubernetes.io/out-of-service=nodeshutdown:NoExecute" </dev/null >/dev/null
done < "$session/nodes"
